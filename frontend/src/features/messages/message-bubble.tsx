import { useState, type CSSProperties, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/message-bubble.module.css';
import { MessageMeta } from '@/features/messages/message-meta';
import { MessageText } from '@/features/messages/message-text';
import { Reactions } from '@/features/messages/reactions';
import { ReplyQuote } from '@/features/messages/reply-quote';
import type { Message } from '@/features/messages/thread';
import { useTools } from '@/features/messages/tools';

interface Props {
  message: Message;
  own: boolean;
  starts: boolean;
  ends: boolean;
  tabIndex: 0 | -1;
  /** What can be done with it, while somebody points at it. */
  actions: ReactNode;
}

/** The bubble, what stands beside it, and how it was meant. */
export function MessageBubble({ message, own, starts, ends, tabIndex, actions }: Props) {
  const { t } = useTranslation('messages');
  const { roomId, open, readings } = useTools();
  const [marked, setMarked] = useState(false);
  const { body, reading, replyTo, deletedAt } = message;
  const ink: CSSProperties & { '--evidence': string } = {
    '--evidence': `var(--emotion-${reading?.unclear ? 'unclear' : reading?.label})`,
  };
  return (
    <>
      <div className={styles.line} data-own={own}>
        <div className={styles.bubble} data-starts={starts} style={reading ? ink : undefined}>
          {replyTo !== null && !deletedAt && <ReplyQuote seq={replyTo} tabIndex={tabIndex} />}
          {deletedAt ? (
            <p className={styles.deleted}>{t('deleted')}</p>
          ) : (
            <MessageText body={body} evidence={reading?.evidence ?? []} marked={marked} />
          )}
        </div>
        <MessageMeta message={message} own={own} ends={ends} />
        {actions && <div className={styles.actions}>{actions}</div>}
      </div>
      <Reactions message={message} tabIndex={tabIndex} />
      <readings.Chip
        roomId={roomId}
        seq={message.seq}
        mine={own && open}
        reading={reading}
        body={body}
        align={own ? 'end' : 'start'}
        tabIndex={tabIndex}
        onMark={setMarked}
      />
    </>
  );
}
