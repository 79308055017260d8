import { useTranslation } from 'react-i18next';
import styles from '@/features/admin/admin.module.css';

/** Whether a place is in use. */
export function ActiveMark({ active }: { active: boolean }) {
  const { t } = useTranslation('admin');
  return (
    <span className={styles.mark} data-tone={active ? 'plain' : 'soft'}>
      {t(active ? 'places.active' : 'places.inactive')}
    </span>
  );
}
