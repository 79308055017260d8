import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import styles from '@/features/friends/requests-link.module.css';

/** The way to the requests that wait for an answer; nothing when there are none. */
export function RequestsLink({ asked }: { asked: number }) {
  const { t } = useTranslation('friends');
  if (asked === 0) return null;
  return (
    <Link to="/friends/requests" className={styles.link}>
      {t('requests.count', { count: asked })}
      <IconChevronRight size={18} stroke={1.75} aria-hidden="true" />
    </Link>
  );
}
