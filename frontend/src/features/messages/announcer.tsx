import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/features/account/queries';
import { useLineText, useNickname } from '@/features/messages/people';
import type { Message, Thread } from '@/features/messages/thread';
import { useTools } from '@/features/messages/tools';

/** So many of the newest messages are kept in the page for the screen reader. */
const KEPT = 10;

/**
 * Says every message that others write while the conversation is open, and what happens in the room, once, with its reading. The list itself is silent, because it
 * renders old messages again whenever somebody scrolls.
 */
export function Announcer({ thread }: { thread: Thread }) {
  const me = useMe();
  const [from] = useState(thread.lastSeq);
  const fresh: Message[] = [];
  for (let i = thread.rows.length - 1; i >= 0 && fresh.length < KEPT; i--) {
    const row = thread.rows[i];
    if (!row || row.seq <= from) break;
    // What the server does by itself stands in the host's name, who has to hear of it, too.
    if ((row.sender !== me.id || row.kind === 'system') && !row.deletedAt) fresh.unshift(row);
  }
  return (
    <div className="visually-hidden" aria-live="polite" aria-relevant="additions">
      {fresh.map((message) => (
        <Fresh key={message.seq} message={message} />
      ))}
    </div>
  );
}

function Fresh({ message }: { message: Message }) {
  return message.kind === 'system' ? (
    <SpokenLine message={message} />
  ) : (
    <Spoken message={message} />
  );
}

function SpokenLine({ message }: { message: Message }) {
  const { roomId } = useTools();
  return <p>{useLineText(roomId)(message)}</p>;
}

function Spoken({ message }: { message: Message }) {
  const { t } = useTranslation('messages');
  const { roomId, readings } = useTools();
  const name = useNickname(roomId, message.sender);
  const inWords = readings.useWords();
  const reading = message.reading ? inWords(message.reading) : undefined;
  const text = message.body;
  return (
    <p>{reading ? t('spokenReading', { name, text, reading }) : t('spoken', { name, text })}</p>
  );
}
