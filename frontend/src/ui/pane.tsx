import type { ReactNode } from 'react';
import styles from '@/ui/pane.module.css';

/** The left column: what stands still on top, and the list that scrolls under it. */
export function Pane({ top, children }: { top?: ReactNode; children: ReactNode }) {
  return (
    <>
      {top && <div className={styles.top}>{top}</div>}
      <div className={styles.list}>{children}</div>
    </>
  );
}
