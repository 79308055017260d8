import { IconAlertCircle, IconCheck, IconClock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import bubble from '@/features/messages/message-bubble.module.css';
import meta from '@/features/messages/message-meta.module.css';
import row from '@/features/messages/message-row.module.css';
import { MessageText } from '@/features/messages/message-text';
import styles from '@/features/messages/outgoing-row.module.css';
import { ReplyQuote } from '@/features/messages/reply-quote';
import { clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import type { Outgoing } from '@/realtime/outbox';
import { useLive } from '@/realtime/use-live';
import { Button } from '@/ui/button';

interface Props {
  item: Outgoing;
  starts: boolean;
}

/** A message of mine that is on its way, or was refused. */
export function OutgoingRow({ item, starts }: Props) {
  return (
    <div className={row.row} data-starts={starts}>
      <div className={row.message} data-own="true">
        <div className={row.column}>
          <div className={bubble.line} data-own="true">
            <div className={bubble.bubble} data-starts={starts}>
              {item.replyTo !== undefined && <ReplyQuote seq={item.replyTo} tabIndex={-1} />}
              <MessageText body={item.body} evidence={[]} marked={false} />
            </div>
            <Progress item={item} />
          </div>
          {item.state === 'failed' && <Refused item={item} />}
        </div>
      </div>
    </div>
  );
}

function Progress({ item }: { item: Outgoing }) {
  const { t } = useTranslation('messages');
  const { locale } = usePreferences();
  const icon = { size: 14, stroke: 2, role: 'img' };
  return (
    <span className={meta.meta} data-own="true">
      <span className={meta.line}>
        {item.state === 'sent' && <span>{clockTime(new Date(item.at), locale)}</span>}
        {item.state === 'sent' && <IconCheck {...icon} aria-label={t('sent')} />}
        {item.state === 'failed' && (
          <IconAlertCircle {...icon} className={styles.wrong} aria-label={t('notSent.label')} />
        )}
        {(item.state === 'waiting' || item.state === 'sending') && (
          <IconClock {...icon} aria-label={t('sending')} />
        )}
      </span>
    </span>
  );
}

function Refused({ item }: { item: Outgoing }) {
  const { t } = useTranslation('messages');
  const { outbox } = useLive();
  return (
    <div className={styles.refused} role="alert">
      <span className={styles.wrong}>{t(`notSent.${reason(item.failed)}`)}</span>
      <Button look="quiet" onClick={() => outbox.retry(item.room, item.clientId)}>
        {t('notSent.retry')}
      </Button>
      <Button look="quiet" onClick={() => outbox.drop(item.room, item.clientId)}>
        {t('notSent.drop')}
      </Button>
    </div>
  );
}

function reason(code: string | undefined) {
  if (code?.startsWith('room.')) return 'readOnly';
  if (code?.endsWith('.invalid') || code?.startsWith('message.')) return 'invalid';
  return 'other';
}
