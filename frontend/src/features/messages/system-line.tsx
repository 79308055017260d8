import styles from '@/features/messages/system-line.module.css';
import { useLineText } from '@/features/messages/people';
import type { Message } from '@/features/messages/thread';
import { useTools } from '@/features/messages/tools';
import { clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';

/** What the server wrote into the history. */
export function SystemLine({ message }: { message: Message }) {
  const { roomId } = useTools();
  const { locale } = usePreferences();
  const inWords = useLineText(roomId);
  return (
    <p className={styles.line}>
      {inWords(message)}{' '}
      <time dateTime={message.sentAt} className={styles.time}>
        {clockTime(new Date(message.sentAt), locale)}
      </time>
    </p>
  );
}
