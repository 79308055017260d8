import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { ConversationSkeleton } from '@/features/messages/conversation-skeleton';
import { OpenConversation } from '@/features/messages/open-conversation';
import type { Readings } from '@/features/messages/tools';
import { roomName, useRoom } from '@/features/rooms/queries';
import { buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { PageTitle } from '@/ui/page-title';

interface Props {
  roomId: number;
  /** The seq to open at; else the first unread one. */
  at?: number | undefined;
  /** When it was chosen; another time, it is shown anew. */
  chosen?: number | undefined;
  readings: Readings;
  /** What stands at the end of the header. */
  headerEnd?: ReactNode;
}

/** One conversation, or why it cannot be shown. */
export function Conversation({ roomId, at, chosen, readings, headerEnd }: Props) {
  const { t } = useTranslation('messages');
  const room = useRoom(roomId);
  if (room.data) {
    const name = roomName(room.data);
    return (
      <OpenConversation
        room={room.data}
        name={name}
        at={at}
        chosen={chosen}
        readings={readings}
        headerEnd={headerEnd}
      />
    );
  }
  if (!Number.isInteger(roomId) || isMissing(room.error)) {
    return (
      <>
        <PageTitle name={t('missing.title')} />
        <EmptyState
          title={t('missing.title')}
          text={t('missing.text')}
          action={
            <Link to="/chats" className={buttonClass('primary')}>
              {t('missing.action')}
            </Link>
          }
        />
      </>
    );
  }
  if (room.isError) {
    return (
      <ErrorState
        title={t('failed.title')}
        text={problemText(room.error)}
        onRetry={() => void room.refetch()}
      />
    );
  }
  return <ConversationSkeleton />;
}

/** What is not there and what is not mine to see are answered alike. */
function isMissing(error: Error | null): boolean {
  return error instanceof Problem && [403, 404, 400, 422].includes(error.status);
}
