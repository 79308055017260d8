import { IconSpeakerphone } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { AnnouncementItem } from '@/features/announcements/announcement-item';
import styles from '@/features/announcements/announcements-page.module.css';
import { announcementsQuery } from '@/features/announcements/queries';
import { Button } from '@/ui/button';
import { DetailPage } from '@/ui/detail-page';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

/** Everything the operator has announced to me; what is seen here is read. */
export function AnnouncementsPage() {
  const { t } = useTranslation('safety');
  return (
    <DetailPage title={t('news.title')} back="/me">
      <Archive />
    </DetailPage>
  );
}

function Archive() {
  const { t } = useTranslation(['safety', 'problems']);
  const list = useInfiniteQuery(announcementsQuery);
  if (list.isPending) return <SkeletonRows rows={3} />;
  if (!list.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(list.error)}
        onRetry={() => void list.refetch()}
      />
    );
  }
  const items = list.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<IconSpeakerphone size={28} stroke={1.5} />}
        title={t('news.empty')}
        text={t('news.emptyText')}
      />
    );
  }
  return (
    <>
      <ul className={styles.list}>
        {items.map((announcement) => (
          <AnnouncementItem key={announcement.id} announcement={announcement} />
        ))}
      </ul>
      {list.isFetchNextPageError && (
        <p role="alert" className={styles.failed}>
          {problemText(list.error)}
        </p>
      )}
      {list.hasNextPage && (
        <Button wide busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('news.older')}
        </Button>
      )}
    </>
  );
}
