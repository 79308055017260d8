import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/conversation-skeleton.module.css';

const bubbles = [
  { own: false, width: '46%' },
  { own: false, width: '28%' },
  { own: true, width: '38%' },
  { own: false, width: '55%' },
  { own: true, width: '24%' },
  { own: true, width: '44%' },
];

/** The shape of a conversation that is on its way. */
export function ConversationSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={styles.talk} role="status">
      <span className="visually-hidden">{t('loading')}</span>
      {bubbles.map(({ own, width }, i) => (
        <span key={i} className={styles.bubble} data-own={own} style={{ width }} />
      ))}
    </div>
  );
}
