import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/read-only-bar.module.css';

/** Stands where the composer was: the conversation is history. */
export function ReadOnlyBar() {
  const { t } = useTranslation('messages');
  return (
    <div className={styles.bar} role="note">
      <IconLock size={20} stroke={1.75} aria-hidden="true" />
      <p>
        <b>{t('readOnly.title')}</b> <span className={styles.text}>{t('readOnly.text')}</span>
      </p>
    </div>
  );
}
