import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  redirect,
} from '@tanstack/react-router';
import type { Session } from '@/api/session';
import { Crash } from '@/app/crash';
import { NotFound } from '@/app/not-found';
import { Shell } from '@/app/shell';
import { panes, type Pane } from '@/app/use-pane';
import { meQuery } from '@/features/account/queries';
import { steps } from '@/features/rooms/create-steps';
import { findingOf, type Finding } from '@/features/search/finding';
import { periods, type Period } from '@/features/mood/queries';
import { discoverFilter } from '@/features/rooms/discover-filter';
import { keepInvite, keptInvite } from '@/features/rooms/join-invite';
import { alsoSpeak } from '@/i18n/i18n';
import { searchText } from '@/lib/search-text';
import { isWeek } from '@/lib/week';

interface Context {
  cache: QueryClient;
  session: Session;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
  interface HistoryState {
    /** What a mailed link proves. It stays with this page of the history, and in no address. */
    token?: string;
  }
  interface StaticDataRouteOption {
    /** Which list stands on the left, for pages of the shell. */
    section?: 'chats' | 'friends' | 'discover' | 'me' | 'admin';
    /** On a phone, where one column is seen at a time: the list itself rather than what was chosen from it. */
    list?: boolean;
  }
}

const root = createRootRouteWithContext<Context>()({
  notFoundComponent: NotFound,
  beforeLoad: ({ location }) => {
    // The fragment of a link lets its holder in. It is put away before anything else, so that no address repeats it.
    const { pathname, hash } = location;
    if (!hash) return;
    if (pathname === '/join') {
      keepInvite(hash);
      throw redirect({ to: pathname, replace: true });
    }
    const token = new URLSearchParams(hash).get('token');
    if (token && (pathname === '/reset' || pathname === '/verify')) {
      throw redirect({ to: pathname, replace: true, state: { token } });
    }
  },
});

/** A page together with the texts that few people need. */
async function withSafety<T>(page: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([page, alsoSpeak('safety')]);
  return loaded;
}
const safetyPages = () => withSafety(import('@/features/account/safety-pages'));

/** For those who are not signed in; the others go on to their chats. */
const entry = createRoute({
  getParentRoute: () => root,
  id: 'entry',
  beforeLoad: ({ context }) => {
    if (context.session.state().status === 'signed-in') throw redirect({ to: '/chats' });
  },
  component: lazyRouteComponent(() => import('@/features/account/entry-layout'), 'EntryLayout'),
});
const welcome = createRoute({
  getParentRoute: () => entry,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/account/welcome-page'), 'WelcomePage'),
});
// Only a path of ours: "//elsewhere" and "/\elsewhere" would leave the site. Undefined has to be said, or the raw value stays.
const whereTo = ({ next }: Record<string, unknown>): { next?: string | undefined } => ({
  next: typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : undefined,
});
const login = createRoute({
  getParentRoute: () => entry,
  path: '/login',
  validateSearch: whereTo,
  component: lazyRouteComponent(
    () => withSafety(import('@/features/account/login-page')),
    'LoginPage',
  ),
});
const register = createRoute({
  getParentRoute: () => entry,
  path: '/register',
  validateSearch: whereTo,
  component: lazyRouteComponent(
    () => withSafety(import('@/features/account/register-page')),
    'RegisterPage',
  ),
});
const forgot = createRoute({
  getParentRoute: () => entry,
  path: '/forgot',
  component: lazyRouteComponent(safetyPages, 'ForgotPage'),
});

/** Where mails lead, and where somebody goes who leaves for good: no matter who is signed in. */
const open = createRoute({
  getParentRoute: () => root,
  id: 'open',
  component: lazyRouteComponent(() => import('@/features/account/entry-layout'), 'EntryLayout'),
});
const reset = createRoute({
  getParentRoute: () => open,
  path: '/reset',
  component: lazyRouteComponent(safetyPages, 'ResetPage'),
});
const verify = createRoute({
  getParentRoute: () => open,
  path: '/verify',
  component: lazyRouteComponent(safetyPages, 'VerifyPage'),
});
const goodbye = createRoute({
  getParentRoute: () => open,
  path: '/goodbye',
  validateSearch: ({ until }: Record<string, unknown>): { until?: string | undefined } => ({
    until: typeof until === 'string' && !Number.isNaN(Date.parse(until)) ? until : undefined,
  }),
  component: lazyRouteComponent(safetyPages, 'GoodbyePage'),
});

/** For those who are signed in; the others log in first and then come back here. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: ({ context, location }) => {
    const state = context.session.state();
    if (state.status === 'signed-in') return;
    const left = state.status === 'signed-out' && state.why === 'left';
    throw redirect(left ? { to: '/' } : { to: '/login', search: { next: location.href } });
  },
  component: Shell,
});

const chats = createRoute({
  getParentRoute: () => shell,
  path: '/chats',
  staticData: { section: 'chats', list: true },
  validateSearch: findingOf,
  component: lazyRouteComponent(() => import('@/features/rooms/pick-a-room'), 'PickARoom'),
});
const roomParams = {
  parse: ({ roomId }: { roomId: string }) => ({ roomId: Number(roomId) }),
  stringify: ({ roomId }: { roomId: number }) => ({ roomId: String(roomId) }),
};
const room = createRoute({
  getParentRoute: () => shell,
  path: '/rooms/$roomId',
  staticData: { section: 'chats' },
  params: roomParams,
  validateSearch: (search): { at?: number | undefined; pane?: Pane | undefined } & Finding => {
    const at = Number(search.at);
    return {
      ...findingOf(search),
      at: Number.isInteger(at) && at > 0 ? at : undefined,
      pane: panes.find((one) => one === search.pane),
    };
  },
  component: lazyRouteComponent(() => import('@/app/room-page'), 'RoomPage'),
});
const mood = createRoute({
  getParentRoute: () => shell,
  path: '/rooms/$roomId/mood',
  staticData: { section: 'chats' },
  params: roomParams,
  validateSearch: ({ days }): { days?: Period | undefined } => ({
    days: periods.find((one) => one === Number(days)),
  }),
  component: lazyRouteComponent(() => import('@/features/mood/mood-page'), 'MoodPage'),
});

const friends = createRoute({
  getParentRoute: () => shell,
  path: '/friends',
  staticData: { section: 'friends', list: true },
  component: lazyRouteComponent(() => import('@/features/friends/find-page'), 'FindPage'),
});
const findFriends = createRoute({
  getParentRoute: () => shell,
  path: '/friends/find',
  staticData: { section: 'friends' },
  component: lazyRouteComponent(() => import('@/features/friends/find-page'), 'FindPage'),
});
const requests = createRoute({
  getParentRoute: () => shell,
  path: '/friends/requests',
  staticData: { section: 'friends' },
  component: lazyRouteComponent(() => import('@/features/friends/requests-page'), 'RequestsPage'),
});
const blocked = createRoute({
  getParentRoute: () => shell,
  path: '/friends/blocked',
  staticData: { section: 'friends' },
  component: lazyRouteComponent(() => import('@/features/friends/blocked-page'), 'BlockedPage'),
});

const discover = createRoute({
  getParentRoute: () => shell,
  path: '/discover',
  staticData: { section: 'discover', list: true },
  validateSearch: discoverFilter,
  component: lazyRouteComponent(() => import('@/features/rooms/discover-page'), 'DiscoverPage'),
});
const createRoom = createRoute({
  getParentRoute: () => shell,
  path: '/rooms/new',
  staticData: { section: 'discover' },
  validateSearch: ({ step }): { step?: (typeof steps)[number] | undefined } => ({
    step: steps.find((one) => one === step),
  }),
  component: lazyRouteComponent(() => import('@/app/create-room-page'), 'CreateRoomPage'),
});
const join = createRoute({
  getParentRoute: () => shell,
  path: '/join',
  staticData: { section: 'discover' },
  beforeLoad: () => ({ invite: keptInvite() }),
  component: lazyRouteComponent(() => import('@/features/rooms/invite-page'), 'InvitePage'),
});

const profilePage = () => withSafety(import('@/features/account/profile-page'));
const me = createRoute({
  getParentRoute: () => shell,
  path: '/me',
  staticData: { section: 'me', list: true },
  component: lazyRouteComponent(profilePage, 'ProfilePage'),
});
const profile = createRoute({
  getParentRoute: () => shell,
  path: '/me/profile',
  staticData: { section: 'me' },
  component: lazyRouteComponent(profilePage, 'ProfilePage'),
});
const readings = createRoute({
  getParentRoute: () => shell,
  path: '/me/readings',
  staticData: { section: 'me' },
  component: lazyRouteComponent(() => import('@/features/emotion/readings-page'), 'ReadingsPage'),
});
const reflection = createRoute({
  getParentRoute: () => shell,
  path: '/me/reflection',
  staticData: { section: 'me' },
  validateSearch: ({ week }): { week?: string | undefined } => ({
    week: isWeek(week) ? week : undefined,
  }),
  component: lazyRouteComponent(() => import('@/features/mood/reflection-page'), 'ReflectionPage'),
});
const appearance = createRoute({
  getParentRoute: () => shell,
  path: '/me/appearance',
  staticData: { section: 'me' },
  component: lazyRouteComponent(
    () => import('@/features/account/appearance-page'),
    'AppearancePage',
  ),
});
const password = createRoute({
  getParentRoute: () => shell,
  path: '/me/password',
  staticData: { section: 'me' },
  component: lazyRouteComponent(() => import('@/features/account/password-page'), 'PasswordPage'),
});
const sessions = createRoute({
  getParentRoute: () => shell,
  path: '/me/sessions',
  staticData: { section: 'me' },
  component: lazyRouteComponent(() => import('@/features/account/sessions-page'), 'SessionsPage'),
});
const announcements = createRoute({
  getParentRoute: () => shell,
  path: '/announcements',
  staticData: { section: 'me' },
  component: lazyRouteComponent(
    () => withSafety(import('@/features/announcements/announcements-page')),
    'AnnouncementsPage',
  ),
});
const data = createRoute({
  getParentRoute: () => shell,
  path: '/me/data',
  staticData: { section: 'me' },
  component: lazyRouteComponent(safetyPages, 'DataPage'),
});

/** What the addresses of admins' pages say. What each page makes of it is its own matter, so that nobody else loads that. */
type AdminSearch = { q?: string | undefined } & Partial<
  Record<
    | 'state'
    | 'role'
    | 'sort'
    | 'descending'
    | 'kind'
    | 'phase'
    | 'page'
    | 'days'
    | 'action'
    | 'targetType'
    | 'targetId'
    | 'actor'
    | 'from'
    | 'to',
    unknown
  >
>;

/** All that admins see, in one part with its texts. */
async function adminPages() {
  const [pages] = await Promise.all([
    import('@/features/admin/pages'),
    alsoSpeak('admin', 'safety'),
  ]);
  return pages;
}

/** For admins, whom the server tells from others; nobody else finds anything here. */
const admin = createRoute({
  getParentRoute: () => shell,
  path: '/admin',
  validateSearch: ({ q, ...rest }: Record<string, unknown>): AdminSearch => ({
    ...rest,
    q: searchText(q, 254),
  }),
  beforeLoad: ({ context }) => {
    if (context.cache.getQueryData(meQuery.queryKey)?.role !== 'admin') throw notFound();
  },
  component: lazyRouteComponent(adminPages, 'AdminFrame'),
});
const adminHome = createRoute({
  getParentRoute: () => admin,
  path: '/',
  staticData: { section: 'admin', list: true },
  component: lazyRouteComponent(adminPages, 'DashboardPage'),
});
const dashboard = createRoute({
  getParentRoute: () => admin,
  path: '/dashboard',
  staticData: { section: 'admin' },
  component: lazyRouteComponent(adminPages, 'DashboardPage'),
});
const adminUsers = createRoute({
  getParentRoute: () => admin,
  path: '/users',
  staticData: { section: 'admin' },
  component: lazyRouteComponent(adminPages, 'UsersPage'),
});
const adminUser = createRoute({
  getParentRoute: () => admin,
  path: '/users/$userId',
  staticData: { section: 'admin' },
  params: {
    parse: ({ userId }: { userId: string }) => ({ userId: Number(userId) }),
    stringify: ({ userId }: { userId: number }) => ({ userId: String(userId) }),
  },
  component: lazyRouteComponent(adminPages, 'UserPage'),
});
const adminRooms = createRoute({
  getParentRoute: () => admin,
  path: '/rooms',
  staticData: { section: 'admin' },
  component: lazyRouteComponent(adminPages, 'RoomsPage'),
});
const adminStores = createRoute({
  getParentRoute: () => admin,
  path: '/stores',
  staticData: { section: 'admin' },
  component: lazyRouteComponent(adminPages, 'StoresPage'),
});
const adminStore = createRoute({
  getParentRoute: () => admin,
  path: '/stores/$storeId',
  staticData: { section: 'admin' },
  params: {
    parse: ({ storeId }: { storeId: string }) => ({ storeId: Number(storeId) }),
    stringify: ({ storeId }: { storeId: number }) => ({ storeId: String(storeId) }),
  },
  component: lazyRouteComponent(adminPages, 'StorePage'),
});
const adminBoxes = createRoute({
  getParentRoute: () => admin,
  path: '/boxes',
  staticData: { section: 'admin' },
  component: lazyRouteComponent(adminPages, 'BoxesPage'),
});
const adminAnnouncements = createRoute({
  getParentRoute: () => admin,
  path: '/announcements',
  staticData: { section: 'admin' },
  component: lazyRouteComponent(adminPages, 'AnnouncementsPage'),
});
const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: '/audit',
  staticData: { section: 'admin' },
  component: lazyRouteComponent(adminPages, 'AuditPage'),
});

const tree = root.addChildren([
  entry.addChildren([welcome, login, register, forgot]),
  open.addChildren([reset, verify, goodbye]),
  shell.addChildren([
    chats,
    room,
    mood,
    friends,
    findFriends,
    requests,
    blocked,
    discover,
    createRoom,
    join,
    me,
    profile,
    readings,
    reflection,
    appearance,
    password,
    sessions,
    announcements,
    data,
    admin.addChildren([
      adminHome,
      dashboard,
      adminUsers,
      adminUser,
      adminRooms,
      adminStores,
      adminStore,
      adminBoxes,
      adminAnnouncements,
      adminAudit,
    ]),
  ]),
]);

export type AppRouter = ReturnType<typeof createAppRouter>;

/** The pages and who may see them. `history` is for tests. */
export function createAppRouter(
  context: Context,
  history?: Parameters<typeof createRouter>[0]['history'],
) {
  return createRouter({
    routeTree: tree,
    context,
    ...(history && { history }),
    defaultPreload: 'intent',
    defaultErrorComponent: Crash,
    scrollRestoration: false,
  });
}
