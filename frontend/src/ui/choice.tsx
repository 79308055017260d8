import { useId } from 'react';
import { classNames } from '@/lib/class-names';
import styles from '@/ui/choice.module.css';

export interface Option<T extends string> {
  value: T;
  label: string;
  text?: string;
  /** Beside the label: how things stand with it. */
  note?: string | undefined;
  /** Shown, but not to be chosen; the note should say why. */
  disabled?: boolean;
}

interface Props<T extends string> {
  /** The question; read out before the options. */
  label: string;
  labelHidden?: boolean;
  options: readonly Option<T>[];
  /** Undefined while nothing is chosen. */
  value: T | undefined;
  onChange: (value: T) => void;
  /** "segments" = short words side by side, all of one width; "cards" = one under another, with a text each; "chips" = many short words. */
  look?: 'segments' | 'cards' | 'chips';
  error?: string | undefined;
  hint?: string;
}

/** One of a few: native radio buttons, so that arrow keys work. */
export function Choice<T extends string>(props: Props<T>) {
  const { label, labelHidden, options, value, onChange, look = 'segments', error, hint } = props;
  const id = useId();
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <fieldset className={styles.set} aria-describedby={notes || undefined} role="radiogroup">
      <legend className={labelHidden ? 'visually-hidden' : styles.legend}>{label}</legend>
      {hint && (
        <p id={`${id}-hint`} className={styles.hint}>
          {hint}
        </p>
      )}
      <div className={classNames(styles[look], error && styles.wrong)}>
        {options.map((option) => (
          <label key={option.value} className={styles.option} data-disabled={option.disabled}>
            <input
              type="radio"
              name={id}
              className={styles.input}
              checked={value === option.value}
              disabled={option.disabled}
              onChange={() => onChange(option.value)}
              aria-describedby={describedBy(`${id}-${option.value}`, option)}
              aria-label={option.label}
            />
            <span className={styles.words}>
              <span className={styles.label}>{option.label}</span>
              {option.text && (
                <span id={`${id}-${option.value}-text`} className={styles.hint}>
                  {option.text}
                </span>
              )}
            </span>
            {option.note && (
              <span id={`${id}-${option.value}-note`} className={styles.note}>
                {option.note}
              </span>
            )}
          </label>
        ))}
      </div>
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}

function describedBy(id: string, { text, note }: Option<string>): string | undefined {
  return [note && `${id}-note`, text && `${id}-text`].filter(Boolean).join(' ') || undefined;
}
