import type { ComponentProps } from 'react';
import { classNames } from '@/lib/class-names';
import { Field, type FieldProps } from '@/ui/form/field';
import styles from '@/ui/form/form.module.css';

type Props = FieldProps & Omit<ComponentProps<'textarea'>, 'id' | 'className' | 'aria-invalid'>;

/** Text of several lines. */
export function TextArea({ label, hint, error, ...area }: Props) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <textarea {...area} {...control} className={classNames(control.className, styles.area)} />
      )}
    </Field>
  );
}
