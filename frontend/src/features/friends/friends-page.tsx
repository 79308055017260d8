import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/friends/friends-page.module.css';
import { friendsQuery } from '@/features/friends/queries';
import { Badge } from '@/ui/badge';
import { DetailPage } from '@/ui/detail-page';

const tabs = ['find', 'requests', 'blocked'] as const;

/** One of the three pages that manage friends, with links to the other two. */
export function FriendsPage({
  title,
  here,
  children,
}: {
  title: string;
  here: (typeof tabs)[number];
  children: ReactNode;
}) {
  const { t } = useTranslation('friends');
  const { data: asked = 0 } = useQuery({
    ...friendsQuery,
    select: (friends) => friends.filter(({ state }) => state === 'incoming').length,
  });
  return (
    <DetailPage title={title} back="/friends">
      <nav className={styles.tabs} aria-label={t('tabs.label')}>
        {tabs.map((tab) => (
          <Link
            key={tab}
            to={`/friends/${tab}`}
            className={styles.tab}
            aria-current={tab === here ? 'page' : undefined}
          >
            {t(`tabs.${tab}`)}
            {tab === 'requests' && (
              <Badge count={asked} label={t('requests.count', { count: asked })} />
            )}
          </Link>
        ))}
      </nav>
      {children}
    </DetailPage>
  );
}
