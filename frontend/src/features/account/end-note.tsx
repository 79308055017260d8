import { useEffect, useRef, type ReactNode } from 'react';
import styles from '@/features/account/end-note.module.css';
import { PageTitle } from '@/ui/page-title';

interface Props {
  page: string;
  icon: ReactNode;
  title: string;
  text: string;
  /** Where to go from here. */
  action?: ReactNode;
}

/** How something ended, as a page of its own. Its heading takes the focus, since what stood there before is gone. */
export function EndNote({ page, icon, title, text, action }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className={styles.note}>
      <PageTitle name={page} />
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <h1 ref={heading} tabIndex={-1} className={styles.title}>
        {title}
      </h1>
      <p className={styles.text}>{text}</p>
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
