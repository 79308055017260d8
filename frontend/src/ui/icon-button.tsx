import type { ComponentProps } from 'react';
import { classNames } from '@/lib/class-names';
import styles from '@/ui/icon-button.module.css';

interface Props extends Omit<ComponentProps<'button'>, 'aria-label' | 'title'> {
  /** Its name, also shown as a tip on hover and keyboard focus. */
  label: string;
  /** Where the tip opens; "none" where the name stands beside it anyway. */
  tip?: 'below' | 'above' | 'left' | 'none';
}

/** A button that shows only an icon, at least 40 px wide and high. */
export function IconButton({ label, tip = 'below', className, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      data-tip={tip}
      className={classNames(styles.button, className)}
    />
  );
}
