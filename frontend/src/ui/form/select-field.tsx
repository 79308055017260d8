import { IconChevronDown } from '@tabler/icons-react';
import { classNames } from '@/lib/class-names';
import { Field, type FieldProps } from '@/ui/form/field';
import styles from '@/ui/form/form.module.css';

interface Props<T extends string> extends FieldProps {
  options: readonly { value: T; label: string }[];
  /** Undefined while nothing is chosen. */
  value: T | undefined;
  onChange: (value: T) => void;
  name?: string;
}

/** One of several: the platform's own list. */
export function SelectField<T extends string>(props: Props<T>) {
  const { label, hint, error, options, value, onChange, name } = props;
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <>
          <select
            {...control}
            name={name}
            className={classNames(control.className, styles.select)}
            value={value ?? ''}
            onChange={(event) => {
              const chosen = options.find((option) => option.value === event.target.value);
              if (chosen) onChange(chosen.value);
            }}
          >
            {value === undefined && <option value="" />}
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <IconChevronDown size={18} stroke={2} aria-hidden="true" className={styles.arrow} />
        </>
      )}
    </Field>
  );
}
