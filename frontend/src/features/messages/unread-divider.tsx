import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/divider.module.css';

/** What follows is new since the conversation was last read. */
export function UnreadDivider() {
  const { t } = useTranslation('messages');
  const name = t('divider.unread');
  return (
    <div className={styles.unread} role="separator" aria-label={name}>
      <span aria-hidden="true">{name}</span>
    </div>
  );
}
