import { useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/search/found.module.css';
import { Button } from '@/ui/button';
import { SkeletonRows } from '@/ui/skeleton';

interface Props {
  found: {
    hasNextPage: boolean;
    isFetching: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    fetchNextPage: () => unknown;
  };
}

/** The end of what was fetched: fetches more when it comes near the view. */
export function MoreEdge({ found }: Props) {
  const { t } = useTranslation('search');
  const edge = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError } = found;
  const more = useEffectEvent(() => {
    if (!found.isFetching) found.fetchNextPage();
  });
  const waits = hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (!waits || !edge.current) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) more();
      },
      { rootMargin: '400px' },
    );
    observer.observe(edge.current);
    return () => observer.disconnect();
  }, [waits]);

  return (
    <div ref={edge}>
      {isFetchingNextPage && <SkeletonRows rows={2} />}
      {isFetchNextPageError && !isFetchingNextPage && (
        <div role="alert" className={styles.more}>
          <p>{t('moreFailed')}</p>
          <Button onClick={() => found.fetchNextPage()}>{t('more')}</Button>
        </div>
      )}
    </div>
  );
}
