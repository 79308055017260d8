import { IconMessageCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { Announcer } from '@/features/messages/announcer';
import type { Mode } from '@/features/messages/composer-mode';
import { ConnectionBar } from '@/features/messages/connection-bar';
import { ConversationHeader } from '@/features/messages/conversation-header';
import { ConversationSkeleton } from '@/features/messages/conversation-skeleton';
import { MessageList } from '@/features/messages/message-list';
import styles from '@/features/messages/open-conversation.module.css';
import { threadQuery } from '@/features/messages/queries';
import { ReadOnlyBar } from '@/features/messages/read-only-bar';
import { RoomComposer } from '@/features/messages/room-composer';
import { ToolsContext, type Readings, type Tools } from '@/features/messages/tools';
import { TypingLine } from '@/features/messages/typing-line';
import { useSpot } from '@/features/messages/use-spot';
import { useViewedRoom } from '@/features/messages/use-viewed-room';
import { useKeyboardInset } from '@/lib/use-keyboard-inset';
import { useOutgoing } from '@/realtime/use-live';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { PageTitle } from '@/ui/page-title';

interface Props {
  room: Schema<'Room'>;
  name: string;
  at?: number | undefined;
  chosen?: number | undefined;
  readings: Readings;
  headerEnd: ReactNode;
}

/** A conversation whose room is known: header, messages, composer. */
export function OpenConversation({ room, name, at, chosen, readings, headerEnd }: Props) {
  const { t } = useTranslation('messages');
  const roomId = room.id;
  const group = room.kind === 'group';
  const open = room.state === 'open';
  // Where it opens is decided once: what is read while it is open does not move the mark.
  const [missed] = useState({ after: room.lastReadSeq, count: room.unread });
  const firstUnread = missed.count > 0 ? missed.after + 1 : undefined;
  const start = at ?? firstUnread;
  const thread = useQuery(threadQuery(roomId, start));
  const outgoing = useOutgoing(roomId);
  const { spot, jump, toEnd } = useSpot(roomId, start, at, chosen);
  const [mode, setMode] = useState<Mode>({ kind: 'new' });
  const input = useRef<HTMLTextAreaElement>(null);
  const inset = useKeyboardInset();
  useViewedRoom(roomId, thread.isSuccess);

  const tools = useMemo(
    (): Tools => ({
      roomId,
      group,
      open,
      readings,
      jump,
      reply: (message) => setMode({ kind: 'reply', message }),
      edit: (message) => setMode({ kind: 'edit', message }),
    }),
    [roomId, group, open, readings, jump],
  );
  const empty = thread.data?.rows.length === 0 && outgoing.length === 0;

  return (
    <ToolsContext value={tools}>
      <article className={styles.conversation} style={{ paddingBottom: inset }}>
        <PageTitle name={name} />
        <ConversationHeader room={room} name={name} end={headerEnd} />
        {room.readingsNotice && <readings.Notice room={room} />}
        <readings.Missed room={room} {...missed} />
        {thread.isPending && <ConversationSkeleton />}
        {thread.isError && (
          <ErrorState
            title={t('failed.title')}
            text={problemText(thread.error)}
            onRetry={() => void thread.refetch()}
          />
        )}
        {empty && (
          <EmptyState
            icon={<IconMessageCircle size={28} stroke={1.5} />}
            title={t('empty.title')}
            text={t('empty.text', { name })}
          />
        )}
        {thread.data && !empty && (
          <MessageList
            roomId={roomId}
            name={name}
            thread={thread.data}
            spot={spot}
            firstUnread={firstUnread}
            onEnd={toEnd}
            onEscape={() => input.current?.focus()}
          />
        )}
        <TypingLine roomId={roomId} />
        <ConnectionBar />
        {open ? (
          <RoomComposer
            roomId={roomId}
            name={name}
            mode={mode}
            input={input}
            onMode={setMode}
            onSent={() => {
              if (thread.data && !thread.data.atEnd) toEnd();
            }}
          />
        ) : (
          <ReadOnlyBar room={room} rows={thread.data?.rows} />
        )}
        {thread.data && <Announcer thread={thread.data} />}
      </article>
    </ToolsContext>
  );
}
