import { IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { FriendsPage } from '@/features/friends/friends-page';
import styles from '@/features/friends/friends-page.module.css';
import { MatchActions } from '@/features/friends/match-actions';
import { PersonRow } from '@/features/friends/person-row';
import { friendsQuery } from '@/features/friends/queries';
import { timeAgo } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

/** Requests to me and from me. */
export function RequestsPage() {
  const { t } = useTranslation('friends');
  return (
    <FriendsPage title={t('requests.title')} here="requests">
      <Requests />
    </FriendsPage>
  );
}

function Requests() {
  const { t } = useTranslation(['friends', 'problems']);
  const friends = useQuery(friendsQuery);
  if (friends.isPending) return <SkeletonRows rows={3} />;
  if (!friends.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(friends.error)}
        onRetry={() => void friends.refetch()}
      />
    );
  }
  const incoming = friends.data.filter(({ state }) => state === 'incoming');
  const outgoing = friends.data.filter(({ state }) => state === 'outgoing');
  if (incoming.length + outgoing.length === 0) {
    return (
      <EmptyState
        icon={<IconUserPlus size={28} stroke={1.5} />}
        title={t('requests.empty')}
        text={t('requests.emptyText')}
        action={
          <Link to="/friends/find" className={buttonClass('primary')}>
            {t('list.emptyAction')}
          </Link>
        }
      />
    );
  }
  return (
    <>
      <Part name={t('requests.incoming')} people={incoming} />
      <Part name={t('requests.outgoing')} people={outgoing} />
    </>
  );
}

function Part({ name, people }: { name: string; people: Schema<'Friend'>[] }) {
  const { locale } = usePreferences();
  if (people.length === 0) return null;
  return (
    <section className={styles.part} aria-label={name}>
      <h2 className={styles.heading}>{name}</h2>
      <ul>
        {people.map(({ user, state, since }) => (
          <PersonRow key={user.id} user={user} text={timeAgo(new Date(since), new Date(), locale)}>
            <MatchActions match={{ user, friend: state }} />
          </PersonRow>
        ))}
      </ul>
    </section>
  );
}
