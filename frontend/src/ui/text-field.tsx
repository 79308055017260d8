import { useId, type ComponentProps, type ReactNode } from 'react';
import { classNames } from '@/lib/class-names';
import styles from '@/ui/text-field.module.css';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id' | 'aria-invalid'> {
  label: string;
  hint?: ReactNode;
  /** What is not right; read out with the field. */
  error?: string | undefined;
  /** A control inside the field, at its end. */
  end?: ReactNode;
  labelHidden?: boolean;
  icon?: ReactNode;
}

export function TextField({
  label,
  hint,
  error,
  end,
  labelHidden,
  icon,
  className,
  ...input
}: TextFieldProps) {
  const id = useId();
  // An error says what the hint would, and more to the point.
  const note = error ?? hint;
  return (
    <div className={classNames(styles.field, input.type === 'search' && styles.search, className)}>
      <label htmlFor={id} className={labelHidden ? 'visually-hidden' : styles.label}>
        {label}
      </label>
      <div className={classNames(styles.frame, error && styles.wrong)}>
        {icon && <span className={styles.icon}>{icon}</span>}
        <input
          {...input}
          id={id}
          className={styles.input}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {end}
      </div>
      {note && (
        <p id={`${id}-note`} className={error ? styles.error : styles.hint}>
          {note}
        </p>
      )}
    </div>
  );
}
