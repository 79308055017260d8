import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNickname } from '@/features/messages/people';
import { useRoomNow } from '@/features/messages/queries';
import styles from '@/features/messages/typing-line.module.css';

/** Who is typing; its line is always there, so that nothing moves when somebody begins. */
export function TypingLine({ roomId }: { roomId: number }) {
  const { typing } = useRoomNow(roomId);
  const last = Object.entries(typing).sort(([, a], [, b]) => b - a)[0];
  return (
    <div className={styles.line}>
      {last && <Typing key={last[1]} roomId={roomId} user={Number(last[0])} until={last[1]} />}
    </div>
  );
}

function Typing({ roomId, user, until }: { roomId: number; user: number; until: number }) {
  const { t } = useTranslation('messages');
  const name = useNickname(roomId, user);
  const over = usePassed(until);
  if (over) return null;
  return (
    <p className={styles.typing}>
      <span className={styles.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {t('typing', { name })}
    </p>
  );
}

/** Whether this time, in milliseconds since 1970, has passed. */
function usePassed(time: number): boolean {
  const [passed, setPassed] = useState(() => Date.now() >= time);
  useEffect(() => {
    const timer = setTimeout(() => setPassed(true), time - Date.now());
    return () => clearTimeout(timer);
  }, [time]);
  return passed;
}
