import { useId, type ReactNode } from 'react';
import { classNames } from '@/lib/class-names';
import styles from '@/ui/text-field.module.css';

/** What every field has around its control. */
export interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** What is not right; read out with the field. */
  error?: string | undefined;
}

interface Control {
  id: string;
  className: string | undefined;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
}

interface Props extends FieldProps {
  children: (control: Control) => ReactNode;
}

/** Label, frame and note of a control that is no <input>; it looks like a TextField. */
export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <div className={classNames(styles.frame, error && styles.wrong)}>
        {children({
          id,
          className: styles.input,
          'aria-invalid': error ? true : undefined,
          'aria-describedby': note ? `${id}-note` : undefined,
        })}
      </div>
      {note && (
        <p id={`${id}-note`} className={error ? styles.error : styles.hint}>
          {note}
        </p>
      )}
    </div>
  );
}
