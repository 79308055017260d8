import { IconMessageCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import type { Schema } from '@/api/client';
import { byActivity, roomName, roomsQuery } from '@/features/rooms/queries';
import styles from '@/features/rooms/room-list.module.css';
import { RoomRow } from '@/features/rooms/room-row';
import { buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

/** My chats, the latest activity first. */
export function RoomList() {
  const { t } = useTranslation(['rooms', 'problems']);
  const rooms = useQuery({ ...roomsQuery, select: byActivity });

  if (rooms.isPending) return <SkeletonRows />;
  if (!rooms.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(rooms.error)}
        onRetry={() => void rooms.refetch()}
      />
    );
  }
  if (rooms.data.length === 0) {
    return (
      <EmptyState
        icon={<IconMessageCircle size={28} stroke={1.5} />}
        title={t('empty')}
        text={t('emptyText')}
        action={
          <Link to="/friends" className={buttonClass('primary')}>
            {t('emptyAction')}
          </Link>
        }
      />
    );
  }
  return <Rows rooms={rooms.data} />;
}

/** Those of my chats whose name has this in it; nothing when there are none. */
export function RoomsNamed({ text }: { text: string }) {
  const { t } = useTranslation('rooms');
  const { data: rooms = [] } = useQuery({ ...roomsQuery, select: byActivity });
  const wanted = text.trim().toLowerCase();
  const named = rooms.filter((room) => roomName(room).toLowerCase().includes(wanted));
  if (named.length === 0) return null;
  return (
    <section aria-label={t('title')}>
      <h2 className={styles.heading}>{t('title')}</h2>
      <Rows rooms={named} />
    </section>
  );
}

function Rows({ rooms }: { rooms: readonly Schema<'Room'>[] }) {
  const { t } = useTranslation('rooms');
  return (
    <ul className={styles.list} aria-label={t('list')}>
      {rooms.map((room) => (
        <li key={room.id}>
          <RoomRow room={room} />
        </li>
      ))}
    </ul>
  );
}
