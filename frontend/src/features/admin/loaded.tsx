import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/admin/admin.module.css';
import { problemText } from '@/api/problem-text';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

interface Props<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;
  /** How many rows of it stand in until it comes. */
  rows?: number;
  children: (data: T) => ReactNode;
}

/** What was asked for; until it comes its shape, and if it does not, why. */
export function Loaded<T>({ query, rows, children }: Props<T>) {
  const { t } = useTranslation(['admin', 'problems']);
  const { data, error } = query;
  if (query.isPending) return <SkeletonRows rows={rows ?? 6} />;
  if (data === undefined) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(error)}
        onRetry={() => void query.refetch()}
      />
    );
  }
  return (
    <>
      {error && (
        <p role="status" className={styles.note}>
          {t('stale')}
        </p>
      )}
      {children(data)}
    </>
  );
}
