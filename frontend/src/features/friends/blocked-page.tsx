import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { personName } from '@/api/person-name';
import { problemText } from '@/api/problem-text';
import { FriendsPage } from '@/features/friends/friends-page';
import styles from '@/features/friends/friends-page.module.css';
import { PersonRow } from '@/features/friends/person-row';
import { blocksQuery, useUnblock } from '@/features/friends/queries';
import { calendarDay } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Button } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';
import { useToast } from '@/ui/toast';

/** The people I blocked, and how to lift it. */
export function BlockedPage() {
  const { t } = useTranslation('friends');
  return (
    <FriendsPage title={t('blocked.title')} here="blocked">
      <p className={styles.note}>{t('blocked.text')}</p>
      <Blocks />
    </FriendsPage>
  );
}

function Blocks() {
  const { t } = useTranslation(['friends', 'problems']);
  const { locale } = usePreferences();
  const blocks = useQuery(blocksQuery);
  const unblock = useUnblock();
  const say = useToast();
  if (blocks.isPending) return <SkeletonRows rows={2} />;
  if (!blocks.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(blocks.error)}
        onRetry={() => void blocks.refetch()}
      />
    );
  }
  if (blocks.data.length === 0) {
    return (
      <EmptyState
        icon={<IconShieldCheck size={28} stroke={1.5} />}
        title={t('blocked.empty')}
        text={t('blocked.emptyText')}
      />
    );
  }
  return (
    <ul>
      {blocks.data.map(({ user, since }) => (
        <PersonRow
          key={user.id}
          user={user}
          text={calendarDay(new Date(since), new Date(), locale)}
        >
          <Button
            aria-label={t('named.unblock', { name: personName(user) })}
            busy={unblock.isPending && unblock.variables.id === user.id}
            onClick={() =>
              unblock.mutate(user, {
                onSuccess: () => say(t('done.unblocked', { name: personName(user) })),
                onError: (error) => say(problemText(error)),
              })
            }
          >
            {t('action.unblock')}
          </Button>
        </PersonRow>
      ))}
    </ul>
  );
}
