import { IconMinus, IconPlus } from '@tabler/icons-react';
import { wholeNumber } from '@/lib/whole-number';
import styles from '@/ui/number-field.module.css';
import { TextField, type TextFieldProps } from '@/ui/text-field';

interface Props extends Pick<TextFieldProps, 'label' | 'hint' | 'error' | 'name'> {
  /** As typed: also what is no number yet. */
  value: string;
  onChange: (value: string) => void;
  least: number;
  most: number;
  /** The names of the buttons beside the number. */
  less: string;
  more: string;
}

/** A whole number that can be typed or stepped. */
export function NumberField({ value, onChange, least, most, less, more, ...rest }: Props) {
  const number = wholeNumber(value) ?? least;
  const step = (by: number) => onChange(String(Math.min(Math.max(number + by, least), most)));
  return (
    <TextField
      {...rest}
      className={styles.field}
      inputMode="numeric"
      autoComplete="off"
      maxLength={4}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        step(by);
      }}
      end={
        <>
          <button
            type="button"
            className={styles.step}
            aria-label={less}
            disabled={number <= least}
            onClick={() => step(-1)}
          >
            <IconMinus size={18} stroke={1.75} aria-hidden="true" />
          </button>
          <button
            type="button"
            className={styles.step}
            aria-label={more}
            disabled={number >= most}
            onClick={() => step(1)}
          >
            <IconPlus size={18} stroke={1.75} aria-hidden="true" />
          </button>
        </>
      }
    />
  );
}
