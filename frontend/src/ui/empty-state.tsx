import type { ReactNode } from 'react';
import styles from '@/ui/state.module.css';

interface Props {
  icon?: ReactNode;
  title: string;
  text?: string;
  /** It is all there is on the page, so its title is the page's heading. */
  alone?: boolean;
  /** The one thing to do next. */
  action?: ReactNode;
}

/** Nothing is here yet: says so and invites one action. */
export function EmptyState({ icon, title, text, alone, action }: Props) {
  const Title = alone ? 'h1' : 'p';
  return (
    <div className={styles.state}>
      {icon && (
        <span className={styles.icon} aria-hidden="true">
          {icon}
        </span>
      )}
      <Title className={styles.title}>{title}</Title>
      {text && <p className={styles.text}>{text}</p>}
      {action}
    </div>
  );
}
