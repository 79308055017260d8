import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import type { ComponentProps } from 'react';
import styles from '@/ui/chip.module.css';

interface ToggleProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

/** A short word that is on or off. */
export function ToggleChip({ label, on, onChange }: ToggleProps) {
  return (
    <button
      type="button"
      className={styles.chip}
      aria-pressed={on}
      data-on={on}
      onClick={() => onChange(!on)}
    >
      {on && <IconCheck size={16} stroke={2} aria-hidden="true" />}
      <span className={styles.words}>{label}</span>
    </button>
  );
}

interface OpenerProps extends ComponentProps<'button'> {
  label: string;
  on: boolean;
}

/** Shows what is chosen, and opens where to choose. */
export function OpenerChip({ label, on, ...rest }: OpenerProps) {
  return (
    <button type="button" {...rest} className={styles.chip} aria-haspopup="dialog" data-on={on}>
      <span className={styles.words}>{label}</span>
      <IconChevronDown size={16} stroke={2} aria-hidden="true" />
    </button>
  );
}

interface SelectProps<T extends string> {
  label: string;
  /** The first one, for none of the values. */
  any: string;
  options: readonly { value: T; label: string }[];
  value: T | undefined;
  onChange: (value: T | undefined) => void;
}

/** One of several, or any: the platform's own list. */
export function SelectChip<T extends string>(props: SelectProps<T>) {
  const { label, any, options, value, onChange } = props;
  return (
    <span className={styles.chip} data-on={value !== undefined}>
      <select
        className={styles.select}
        aria-label={label}
        value={value ?? ''}
        onChange={(event) =>
          onChange(options.find((option) => option.value === event.target.value)?.value)
        }
      >
        <option value="">{any}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <IconChevronDown size={16} stroke={2} aria-hidden="true" className={styles.arrow} />
    </span>
  );
}
