import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { FriendsPage } from '@/features/friends/friends-page';
import styles from '@/features/friends/friends-page.module.css';
import { MatchActions } from '@/features/friends/match-actions';
import { PersonRow } from '@/features/friends/person-row';
import { peopleQuery } from '@/features/friends/queries';
import { useSettledValue } from '@/lib/use-settled-value';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';
import { TextField } from '@/ui/text-field';

/** Finds people by nickname or exact e-mail, and asks them to be friends. */
export function FindPage() {
  const { t } = useTranslation('friends');
  const [text, setText] = useState('');
  const query = useSettledValue(text.trim(), 250);
  return (
    <FriendsPage title={t('find.title')} here="find">
      <TextField
        label={t('find.label')}
        hint={t('find.hint')}
        type="search"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        icon={<IconSearch size={18} stroke={1.75} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {query && <Results query={query} />}
    </FriendsPage>
  );
}

function Results({ query }: { query: string }) {
  const { t } = useTranslation(['friends', 'problems']);
  const people = useQuery(peopleQuery(query));
  if (people.isPending) return <SkeletonRows rows={2} />;
  if (!people.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(people.error)}
        onRetry={() => void people.refetch()}
      />
    );
  }
  if (people.data.length === 0) {
    return (
      <div role="status">
        <EmptyState title={t('find.none', { query })} text={t('find.noneText')} />
      </div>
    );
  }
  return (
    <section className={styles.part} aria-label={t('find.results')}>
      <h2 className={styles.heading}>{t('find.results')}</h2>
      <ul>
        {people.data.map((match) => (
          <PersonRow
            key={match.user.id}
            user={match.user}
            text={match.friend === 'none' ? undefined : t(`state.${match.friend}`)}
          >
            <MatchActions match={match} />
          </PersonRow>
        ))}
      </ul>
    </section>
  );
}
