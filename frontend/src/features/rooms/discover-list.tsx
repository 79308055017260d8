import { IconCompass } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { isNarrowed, type DiscoverFilter } from '@/features/rooms/discover-filter';
import styles from '@/features/rooms/discover-pane.module.css';
import { DiscoverPager } from '@/features/rooms/discover-pager';
import { openRoomsQuery } from '@/features/rooms/discover-queries';
import { JoinSheet } from '@/features/rooms/join-sheet';
import { OpenRoomRow } from '@/features/rooms/open-room-row';
import { Button, buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { Skeleton } from '@/ui/skeleton';

interface Props {
  filter: DiscoverFilter;
  change: (to: DiscoverFilter) => void;
}

/** A page of the open rooms; choosing one asks whether to join it. */
export function DiscoverList({ filter, change }: Props) {
  const { t } = useTranslation(['discover', 'problems']);
  const rooms = useQuery(openRoomsQuery(filter));
  const [chosen, setChosen] = useState<Schema<'OpenRoom'>>();

  if (rooms.isPending) return <Loading />;
  if (!rooms.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(rooms.error)}
        onRetry={() => void rooms.refetch()}
      />
    );
  }
  const { items, total, totalIsExact } = rooms.data;
  return (
    <>
      {rooms.isError && <p className={styles.stale}>{t('stale')}</p>}
      <p role="status" className={styles.note}>
        {items.length === 0
          ? ''
          : totalIsExact
            ? t('total', { count: total })
            : t('totalMore', { total })}
      </p>
      {items.length === 0 ? (
        <Nothing filter={filter} change={change} />
      ) : (
        <ul
          className={rooms.isPlaceholderData ? `${styles.list} ${styles.older}` : styles.list}
          aria-label={t('list')}
          aria-busy={rooms.isPlaceholderData}
        >
          {items.map((room) => (
            <OpenRoomRow key={room.id} room={room} onChoose={() => setChosen(room)} />
          ))}
        </ul>
      )}
      <DiscoverPager page={rooms.data} />
      {chosen && (
        <JoinSheet
          // What is on the list now is newer than what was chosen from it.
          room={items.find(({ id }) => id === chosen.id) ?? chosen}
          onClose={() => setChosen(undefined)}
        />
      )}
    </>
  );
}

function Nothing({ filter, change }: Props) {
  const { t } = useTranslation('discover');
  if ((filter.page ?? 1) > 1) {
    return (
      <EmptyState
        title={t('beyond')}
        action={<Button onClick={() => change({ page: undefined })}>{t('toFirst')}</Button>}
      />
    );
  }
  const narrowed = isNarrowed(filter);
  return (
    <EmptyState
      icon={<IconCompass size={28} stroke={1.5} />}
      title={t(narrowed ? 'none' : 'empty')}
      text={t(narrowed ? 'noneText' : 'emptyText')}
      action={
        <>
          <Link to="/rooms/new" className={buttonClass('primary')}>
            {t('create')}
          </Link>
          {narrowed && (
            <Button
              onClick={() =>
                change({
                  q: undefined,
                  zip: undefined,
                  phase: undefined,
                  hasSeat: undefined,
                  withoutPassword: undefined,
                })
              }
            >
              {t('filters.clear')}
            </Button>
          )}
        </>
      }
    />
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div role="status" className={styles.loading}>
      <span className="visually-hidden">{t('loading')}</span>
      {Array.from({ length: 5 }, (_, row) => (
        <div key={row} aria-hidden="true">
          <Skeleton width={`${48 + ((row * 17) % 30)}%`} />
          <Skeleton width={`${70 + ((row * 23) % 25)}%`} />
          <Skeleton width={`${55 + ((row * 13) % 35)}%`} />
        </div>
      ))}
    </div>
  );
}
