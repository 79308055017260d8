import { IconLock } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useLineText } from '@/features/messages/people';
import styles from '@/features/messages/read-only-bar.module.css';
import type { Message } from '@/features/messages/thread';

interface Props {
  room: Schema<'Room'>;
  /** What is loaded of the conversation; its end says why the room is closed. */
  rows: readonly Message[] | undefined;
}

/** Stands where the composer was: the conversation is history. */
export function ReadOnlyBar({ room, rows }: Props) {
  const { t } = useTranslation('messages');
  const inWords = useLineText(room.id);
  const end = room.state === 'closed' ? rows?.findLast(isEnd) : undefined;
  return (
    <div className={styles.bar} role="note">
      <IconLock size={20} stroke={1.75} aria-hidden="true" className={styles.icon} />
      <p>
        <b>{t(room.state === 'closed' ? 'closed.title' : 'readOnly.title')}</b>{' '}
        <span className={styles.text}>
          {end && `${inWords(end)}. `}
          {t('readOnly.text')}
        </span>
      </p>
    </div>
  );
}

function isEnd({ line }: Message): boolean {
  return line?.code === 'closed' || line?.code === 'emptied' || line?.code === 'expired';
}
