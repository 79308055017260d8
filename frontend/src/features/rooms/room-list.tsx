import { IconMessageCircle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { byActivity, roomName, roomsQuery } from '@/features/rooms/queries';
import styles from '@/features/rooms/room-list.module.css';
import { RoomRow } from '@/features/rooms/room-row';
import { buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { Pane } from '@/ui/pane';
import { SearchField } from '@/ui/search-field';
import { SkeletonRows } from '@/ui/skeleton';

/** My chats, the latest activity first, narrowed by what is searched for. */
export function RoomList() {
  const { t } = useTranslation(['rooms', 'problems']);
  const [search, setSearch] = useState('');
  const rooms = useQuery({ ...roomsQuery, select: byActivity });

  if (rooms.isPending) {
    return (
      <Pane>
        <SkeletonRows />
      </Pane>
    );
  }
  if (!rooms.data) {
    return (
      <Pane>
        <ErrorState
          title={t('problems:title')}
          text={problemText(rooms.error)}
          onRetry={() => void rooms.refetch()}
        />
      </Pane>
    );
  }
  if (rooms.data.length === 0) {
    return (
      <Pane>
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
      </Pane>
    );
  }
  const wanted = search.trim().toLowerCase();
  const found = rooms.data.filter((room) => (roomName(room) ?? '').toLowerCase().includes(wanted));
  return (
    <Pane top={<SearchField label={t('search')} value={search} onChange={setSearch} />}>
      <ul className={styles.list} aria-label={t('list')}>
        {found.map((room) => (
          <li key={room.id}>
            <RoomRow room={room} />
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p role="status" className={styles.none}>
          {t('none', { query: search.trim() })}
        </p>
      )}
    </Pane>
  );
}
