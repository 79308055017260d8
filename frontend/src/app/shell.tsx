import { IconShieldCog } from '@tabler/icons-react';
import { Outlet, useMatches } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Brand } from '@/ui/brand';
import { ChatsPane } from '@/app/chats-pane';
import { LiveProvider } from '@/app/live-provider';
import { Notices } from '@/app/notices';
import { OfflineBar } from '@/app/offline-bar';
import { SectionNav } from '@/app/section-nav';
import styles from '@/app/shell.module.css';
import { Shortcuts } from '@/app/shortcuts';
import { firstRunOffered } from '@/features/account/first-run-offer';
import { MeMenu } from '@/features/account/me-menu';
import { useMe } from '@/features/account/queries';
import { FriendsPane } from '@/features/friends/friends-pane';
import { roomsQuery } from '@/features/rooms/queries';
import { alsoSpeak } from '@/i18n/i18n';
import { IconLink } from '@/ui/icon-link';
import { WaitingContext } from '@/ui/page-title';
import { SkeletonRows } from '@/ui/skeleton';

// Not everybody goes there, so it is no part of the first load.
const DiscoverSection = lazy(async () => ({
  default: (await import('@/app/discover-section')).DiscoverSection,
}));
const AdminMenu = lazy(async () => {
  const [{ AdminMenu }] = await Promise.all([import('@/features/admin/pages'), alsoSpeak('admin')]);
  return { default: AdminMenu };
});
const FirstRun = lazy(async () => ({
  default: (await import('@/features/account/first-run')).FirstRun,
}));
const panes = {
  chats: ChatsPane,
  friends: FriendsPane,
  discover: DiscoverSection,
  me: MeMenu,
  admin: AdminMenu,
};

/** What stands around every page of a signed-in user: sections and their list on the left, the page beside it. */
export function Shell() {
  const { t } = useTranslation();
  const { section = 'chats', list = false } =
    useMatches({ select: (matches) => matches.at(-1)?.staticData }) ?? {};
  const { data: waiting = 0 } = useQuery({
    ...roomsQuery,
    select: (rooms) => rooms.reduce((sum, { unread }) => sum + unread, 0),
  });
  const me = useMe();
  const isAdmin = me.role === 'admin';
  const [isNew] = useState(() => firstRunOffered(me.id));
  const Pane = panes[section];
  return (
    <LiveProvider>
      <WaitingContext value={waiting}>
        <a href={list ? '#pane' : '#content'} className={styles.skip}>
          {t('nav.skip')}
        </a>
        <div className={styles.shell} data-view={list ? 'list' : 'detail'}>
          <div className={styles.notices}>
            <OfflineBar />
            <Notices />
          </div>
          <header className={styles.head}>
            <Brand />
            {isAdmin && (
              <IconLink to="/admin" label={t('nav.admin')}>
                <IconShieldCog size={20} stroke={1.75} aria-hidden="true" />
              </IconLink>
            )}
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
        <Suspense>{isNew && <FirstRun />}</Suspense>
      </WaitingContext>
    </LiveProvider>
  );
}
