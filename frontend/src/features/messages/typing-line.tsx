import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { listOf } from '@/api/line-text';
import { useRoomNow } from '@/features/messages/queries';
import styles from '@/features/messages/typing-line.module.css';
import { useNames } from '@/features/rooms/queries';

/** Of so many at most the names are said. */
const NAMED = 2;

/** Who is typing; its line is always there, so that nothing moves when somebody begins. */
export function TypingLine({ roomId }: { roomId: number }) {
  const { t } = useTranslation('messages');
  const { typing, crowd } = useRoomNow(roomId);
  const users = useUntil(typing);
  const many = useUntil(crowd?.typing ? { [crowd.typing.count]: crowd.typing.until } : {})[0] ?? 0;
  return (
    <div className={styles.line}>
      {users.length > 0 && <Typing {...{ roomId, users }} />}
      {many > 0 && <Line text={t('typingMany', { count: many })} />}
    </div>
  );
}

function Typing({ roomId, users }: { roomId: number; users: readonly number[] }) {
  const { t } = useTranslation('messages');
  const { locale, nickname } = useNames(roomId);
  const names = users.map((user) => nickname(user) ?? t('unnamed'));
  const count = users.length;
  return (
    <Line
      text={
        count > NAMED
          ? t('typingMany', { count })
          : t('typing', { count, name: listOf(names, locale) })
      }
    />
  );
}

function Line({ text }: { text: string }) {
  return (
    <p className={styles.typing}>
      <span className={styles.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {text}
    </p>
  );
}

/** The users whose time, in milliseconds since 1970, is still to come; always in the same order. */
function useUntil(times: Readonly<Record<number, number>>): number[] {
  const [now, setNow] = useState(Date.now);
  const ahead = Object.entries(times).filter(([, time]) => time > now);
  const next = Math.min(...ahead.map(([, time]) => time));
  useEffect(() => {
    if (next === Infinity) return;
    const timer = setTimeout(() => setNow(Date.now()), next - Date.now());
    return () => clearTimeout(timer);
  }, [next]);
  return ahead.map(([user]) => Number(user));
}
