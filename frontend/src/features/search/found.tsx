import { IconMessageSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import type { Schema } from '@/api/client';
import styles from '@/features/search/found.module.css';
import { MatchRow } from '@/features/search/match-row';
import { MoreEdge } from '@/features/search/more-edge';
import { foundQuery } from '@/features/search/queries';
import { useOnline } from '@/lib/use-online';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

interface Props {
  q: string;
  /** Only in this room. */
  within: number | undefined;
  /** How a reading is shown. */
  Reading: ComponentType<{ reading: Schema<'Reading'> }>;
}

/** The messages that hold what is searched for, the newest first. */
export function Found({ q, within, Reading }: Props) {
  const { t } = useTranslation('search');
  const found = useInfiniteQuery(foundQuery({ q, roomId: within }));
  if (found.isPending) return <SkeletonRows rows={4} />;
  if (!found.data) {
    return <Failed error={found.error} q={q} onRetry={() => void found.refetch()} />;
  }
  const items = found.data.pages.flatMap((page) => page.items);
  const count = items.length;
  return (
    <>
      <p role="status" className="visually-hidden">
        {!found.isPlaceholderData && count > 0
          ? t(found.hasNextPage ? 'countMore' : 'count', { count })
          : ''}
      </p>
      {count === 0 && !found.hasNextPage ? (
        <div role="status" data-older={found.isPlaceholderData} className={styles.found}>
          <EmptyState
            icon={<IconMessageSearch size={28} stroke={1.5} />}
            title={t('none', { query: q })}
            text={t(within ? 'noneHere' : 'noneText')}
          />
        </div>
      ) : (
        <ul
          aria-label={t('found')}
          aria-busy={found.isPlaceholderData}
          data-older={found.isPlaceholderData}
          className={styles.found}
        >
          {items.map((match) => (
            <MatchRow
              key={`${match.room}:${match.message.seq}`}
              match={match}
              within={within}
              Reading={Reading}
            />
          ))}
        </ul>
      )}
      <MoreEdge found={found} />
    </>
  );
}

function Failed({ error, q, onRetry }: { error: Error; q: string; onRetry: () => void }) {
  const { t } = useTranslation(['search', 'problems']);
  const online = useOnline();
  if (error instanceof Problem && error.status === 422) {
    return (
      <div role="status">
        <EmptyState title={t('nothingToFind', { query: q })} text={t('nothingToFindText')} />
      </div>
    );
  }
  return (
    <ErrorState
      title={t(online ? 'failed' : 'offline')}
      text={online ? problemText(error) : t('offlineText')}
      onRetry={onRetry}
    />
  );
}
