import { Outlet, useMatches } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '@/ui/brand';
import { ChatsPane } from '@/app/chats-pane';
import { LiveProvider } from '@/app/live-provider';
import { OfflineBar } from '@/app/offline-bar';
import { SectionNav } from '@/app/section-nav';
import styles from '@/app/shell.module.css';
import { Shortcuts } from '@/app/shortcuts';
import { FirstRun } from '@/features/account/first-run';
import { MeMenu } from '@/features/account/me-menu';
import { FriendsPane } from '@/features/friends/friends-pane';
import { roomsQuery } from '@/features/rooms/queries';
import { WaitingContext } from '@/ui/page-title';
import { SkeletonRows } from '@/ui/skeleton';

// Not everybody goes there, so it is no part of the first load.
const DiscoverSection = lazy(async () => ({
  default: (await import('@/app/discover-section')).DiscoverSection,
}));
const panes = { chats: ChatsPane, friends: FriendsPane, discover: DiscoverSection, me: MeMenu };

/** What stands around every page of a signed-in user: sections and their list on the left, the page beside it. */
export function Shell() {
  const { t } = useTranslation();
  const { section = 'chats', list = false } =
    useMatches({ select: (matches) => matches.at(-1)?.staticData }) ?? {};
  const { data: waiting = 0 } = useQuery({
    ...roomsQuery,
    select: (rooms) => rooms.reduce((sum, { unread }) => sum + unread, 0),
  });
  const Pane = panes[section];
  return (
    <LiveProvider>
      <WaitingContext value={waiting}>
        <a href={list ? '#pane' : '#content'} className={styles.skip}>
          {t('nav.skip')}
        </a>
        <div className={styles.shell} data-view={list ? 'list' : 'detail'}>
          <OfflineBar />
          <header className={styles.head}>
            <Brand />
          </header>
          <SectionNav section={section} waiting={waiting} />
          <main className={styles.columns}>
            <section
              id="pane"
              className={styles.pane}
              aria-label={t(`nav.${section}`)}
              tabIndex={-1}
            >
              {list && <h1 className="visually-hidden">{t(`nav.${section}`)}</h1>}
              <Suspense fallback={<SkeletonRows />}>
                <Pane />
              </Suspense>
            </section>
            <div id="content" className={styles.content} tabIndex={-1}>
              <Suspense>
                <Outlet />
              </Suspense>
            </div>
          </main>
        </div>
        <Shortcuts />
        <FirstRun />
      </WaitingContext>
    </LiveProvider>
  );
}
