import type { ReactNode } from 'react';
import styles from '@/ui/state.module.css';

interface Props {
  icon?: ReactNode;
  title: string;
  text?: string;
  /** The one thing to do next. */
  action?: ReactNode;
}

/** Nothing is here yet: says so and invites one action. */
export function EmptyState({ icon, title, text, action }: Props) {
  return (
    <div className={styles.state}>
      {icon && (
        <span className={styles.icon} aria-hidden="true">
          {icon}
        </span>
      )}
      <p className={styles.title}>{title}</p>
      {text && <p className={styles.text}>{text}</p>}
      {action}
    </div>
  );
}
