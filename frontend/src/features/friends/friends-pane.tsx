import { IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { FriendRow } from '@/features/friends/friend-row';
import styles from '@/features/friends/friends-pane.module.css';
import { friendsQuery } from '@/features/friends/queries';
import { RequestsLink } from '@/features/friends/requests-link';
import { buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { IconLink } from '@/ui/icon-link';
import { Pane } from '@/ui/pane';
import { SearchField } from '@/ui/search-field';
import { SkeletonRows } from '@/ui/skeleton';

/** My friends, those online first, narrowed by what is searched for. */
export function FriendsPane() {
  const { t } = useTranslation(['friends', 'problems']);
  const [search, setSearch] = useState('');
  const friends = useQuery(friendsQuery);

  if (friends.isPending) {
    return (
      <Pane>
        <SkeletonRows />
      </Pane>
    );
  }
  if (!friends.data) {
    return (
      <Pane>
        <ErrorState
          title={t('problems:title')}
          text={problemText(friends.error)}
          onRetry={() => void friends.refetch()}
        />
      </Pane>
    );
  }
  const accepted = friends.data.filter(({ state }) => state === 'accepted');
  const asked = friends.data.filter(({ state }) => state === 'incoming').length;
  const wanted = search.trim().toLowerCase();
  const found = accepted.filter(({ user }) => user.nickname.toLowerCase().includes(wanted));
  return (
    <Pane
      top={
        <>
          {accepted.length > 0 && (
            <div className={styles.tools}>
              <SearchField label={t('search')} value={search} onChange={setSearch} />
              <IconLink to="/friends/find" label={t('list.emptyAction')} tip="left">
                <IconUserPlus size={20} stroke={1.75} aria-hidden="true" />
              </IconLink>
            </div>
          )}
          <RequestsLink asked={asked} />
        </>
      }
    >
      {accepted.length === 0 ? (
        <EmptyState
          icon={<IconUsers size={28} stroke={1.5} />}
          title={t('list.empty')}
          text={t('list.emptyText')}
          action={
            <Link to="/friends/find" className={buttonClass('primary')}>
              {t('list.emptyAction')}
            </Link>
          }
        />
      ) : (
        <>
          <Group name={t('list.online')} friends={found.filter(({ online }) => online)} />
          <Group name={t('list.offline')} friends={found.filter(({ online }) => !online)} />
        </>
      )}
      {accepted.length > 0 && found.length === 0 && (
        <p role="status" className={styles.none}>
          {t('list.none', { query: search.trim() })}
        </p>
      )}
    </Pane>
  );
}

function Group({ name, friends }: { name: string; friends: Schema<'Friend'>[] }) {
  if (friends.length === 0) return null;
  return (
    <section className={styles.group}>
      <h2 className={styles.name}>
        {name} <span className={styles.count}>{friends.length}</span>
      </h2>
      <ul>
        {friends.map((friend) => (
          <FriendRow key={friend.user.id} friend={friend} />
        ))}
      </ul>
    </section>
  );
}
