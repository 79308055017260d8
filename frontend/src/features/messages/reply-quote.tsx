import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNickname } from '@/features/messages/people';
import { messageQuery } from '@/features/messages/queries';
import styles from '@/features/messages/reply-quote.module.css';
import { excerpt } from '@/features/messages/excerpt';
import type { Message } from '@/features/messages/thread';
import { useTools } from '@/features/messages/tools';

interface Props {
  seq: number;
  tabIndex: 0 | -1;
}

/** The message that is answered here; leads to it. */
export function ReplyQuote({ seq, tabIndex }: Props) {
  const { t } = useTranslation('messages');
  const { roomId, jump } = useTools();
  const { data } = useQuery(messageQuery(roomId, seq));
  const text = data ? excerpt(data, t('deleted')) : t('reply.gone');
  return (
    <button
      type="button"
      tabIndex={tabIndex}
      className={styles.quote}
      aria-label={t('reply.jump', { text })}
      onClick={() => jump(seq)}
    >
      {data && <QuotedName message={data} />}
      <span className={styles.text}>{text}</span>
    </button>
  );
}

function QuotedName({ message }: { message: Message }) {
  const { roomId } = useTools();
  return <span className={styles.name}>{useNickname(roomId, message.sender)}</span>;
}
