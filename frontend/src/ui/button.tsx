import type { ComponentProps, ReactNode } from 'react';
import { classNames } from '@/lib/class-names';
import styles from '@/ui/button.module.css';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

interface Props extends ComponentProps<'button'> {
  look?: Look;
  icon?: ReactNode;
  wide?: boolean;
  /** The action is under way: the button stays in place and takes no second press. */
  busy?: boolean;
}

export function Button({ look = 'plain', icon, wide, busy, onClick, children, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(buttonClass(look, wide), rest.className)}
      aria-disabled={busy ? true : undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      {icon}
      {children}
    </button>
  );
}

/** The same look for a link. */
export function buttonClass(look: Look = 'plain', wide = false): string {
  return classNames(styles.button, styles[look], wide && styles.wide);
}
