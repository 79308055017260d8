import { useTranslation } from 'react-i18next';
import styles from '@/features/mood/mood-page.module.css';
import { Skeleton } from '@/ui/skeleton';

/** A chart that is on its way. */
export function MoodSkeleton() {
  const { t } = useTranslation();
  return (
    <div role="status" className={styles.waiting}>
      <span className="visually-hidden">{t('loading')}</span>
      {[62, 88, 47, 74, 30].map((width) => (
        <Skeleton key={width} width={`${width}%`} />
      ))}
    </div>
  );
}
