import { useTranslation } from 'react-i18next';
import styles from '@/ui/skeleton.module.css';

/** The shape of rows that are on their way: avatar and two lines each. */
export function SkeletonRows({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" className={styles.rows}>
      <span className="visually-hidden">{t('loading')}</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles.row} aria-hidden="true">
          <span className={styles.face} />
          <span className={styles.lines}>
            <Skeleton width={`${38 + ((row * 17) % 30)}%`} />
            <Skeleton width={`${60 + ((row * 23) % 35)}%`} />
          </span>
        </div>
      ))}
    </div>
  );
}

/** One line that is on its way. */
export function Skeleton({ width = '100%' }: { width?: string }) {
  return <span className={styles.line} style={{ width }} />;
}
