import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/message-meta.module.css';
import { useUnread } from '@/features/messages/people';
import type { Message } from '@/features/messages/thread';
import { useTools } from '@/features/messages/tools';
import { clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';

interface Props {
  message: Message;
  own: boolean;
  /** The last of its run: only there the time always stands. */
  ends: boolean;
}

/** What stands small at the inner bottom corner of a bubble: who has not read it, when it was sent. */
export function MessageMeta({ message, own, ends }: Props) {
  const { t } = useTranslation('messages');
  const { locale } = usePreferences();
  const { roomId } = useTools();
  const unread = useUnread(roomId, message.seq);
  return (
    <span className={styles.meta} data-own={own}>
      {unread > 0 && !message.deletedAt && (
        <span className={styles.unread}>
          <span aria-hidden="true">{unread}</span>
          <span className="visually-hidden">{t('unread', { count: unread })}</span>
        </span>
      )}
      <span className={styles.line} data-quiet={!ends}>
        {message.editedAt && !message.deletedAt && <span>{t('edited')}</span>}
        <time dateTime={message.sentAt}>{clockTime(new Date(message.sentAt), locale)}</time>
        {own && ends && <IconCheck size={14} stroke={2} role="img" aria-label={t('sent')} />}
      </span>
    </span>
  );
}
