import type { Route } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import { liveWorld, type World } from './fake-server';

type Schemas = components['schemas'];
type Answers = Record<string, (route: Route) => Promise<void>>;

/** The world of liveWorld, as its operator sees it. */
export function adminWorld(): World {
  const world = liveWorld();
  if (world.me) world.me.role = 'admin';
  return world;
}

const at = (day: number, hour = 3) =>
  new Date(Date.UTC(2026, 10, day, hour, (day * 7) % 60)).toISOString();

function user(id: number, nickname: string, change: Partial<Schemas['AdminUser']> = {}) {
  return {
    ...{ id, nickname, email: `person${id}@example.org`, emailVerified: id % 3 !== 0 },
    ...{ role: 'user', locale: 'ko', state: 'active', online: false },
    ...{ createdAt: at(1 + (id % 18)), lastSeenAt: at(21 - (id % 5)) },
    ...{ closedBy: null, closedAt: null, purgeAfter: null, messages: null },
    ...change,
  } satisfies Schemas['AdminUser'] as Schemas['AdminUser'];
}

const closed = user(5, '이하은', {
  ...{ state: 'deactivated', closedBy: 'admin', messages: 'keep' },
  ...{ closedAt: at(19), purgeAfter: '2026-12-19T03:00:00Z' },
});
const users = [
  user(1, '한지호', { role: 'admin', online: true }),
  user(2, '김민지', { online: true }),
  user(3, 'Ben Carter', { locale: 'en' }),
  user(4, '박서준', { state: 'must_reset', lastSeenAt: null }),
  closed,
  user(6, 'Aurelia Montgomery-Fitzgerald', { locale: 'en' }),
];

function days(many: number): Schemas['DayStats'][] {
  return Array.from({ length: many }, (_, i) => {
    const wave = 1 + Math.sin(i * 0.9) / 3;
    return {
      day: new Date(Date.UTC(2026, 10, 21 - (many - 1 - i))).toISOString().slice(0, 10),
      visitors: Math.round(320 * wave),
      newUsers: Math.round(9 * wave) - (i % 4),
      messages: Math.round(5200 * wave),
      readings: [
        { engine: 'embedded', readings: Math.round(3900 * wave) },
        { engine: 'openai', readings: Math.round(1100 * wave) },
        { engine: 'author', readings: Math.round(210 * wave) },
      ],
      cost: i % 5 === 2 ? 0 : Math.round(38 * wave) / 100,
    };
  });
}

const stats: Schemas['Stats'] = {
  at: '2026-11-21T06:11:40Z',
  zone: 'Asia/Seoul',
  online: { users: 128, sessions: 151, nodes: 2 },
  users: { active: 4821, mustReset: 2, deactivated: 17 },
  rooms: [
    { kind: 'direct', phase: null, rooms: 3120 },
    { kind: 'group', phase: null, rooms: 214 },
    { kind: 'group', phase: 'CREATED', rooms: 12 },
    { kind: 'group', phase: 'ORDER_STARTED', rooms: 5 },
    { kind: 'group', phase: 'DELIVERY_IN_PROGRESS', rooms: 3 },
  ],
  days: days(7),
};

export const health: Schemas['EmotionHealth'] = {
  mode: 'openai',
  model: '2026-11-c4',
  remote: {
    ...{ host: 'models.example.org', model: 'small-1', breaker: 'closed', waiting: 4 },
    ...{ readings: 1102, calls: 1140, failures: 38, fallbacks: 41 },
    ...{ inputTokens: 412_330, outputTokens: 66_120, cost: 0.38, budgetLeft: 0.62 },
    ...{ p50: 0.41, p95: 1.73 },
  },
};

function room(id: number, change: Partial<Schemas['AdminRoom']> = {}): Schemas['AdminRoom'] {
  return {
    ...{ id, kind: 'group', state: 'open', phase: null, storeId: null, boxId: null },
    ...{ members: 3 + (id % 6), capacity: 12, messages: id * 137, readings: 'on' },
    ...{ createdAt: at(id % 20), closesAt: null },
    ...change,
  };
}

const rooms = [
  room(40, { phase: 'ORDER_STARTED', storeId: 3, boxId: 2, closesAt: '2026-11-21T08:00:00Z' }),
  room(39, { kind: 'direct', capacity: null, members: 2, readings: 'local' }),
  room(38, { state: 'closed', phase: 'DELIVERED', storeId: 1, boxId: 7 }),
  room(37, { kind: 'direct', capacity: null, members: 2, state: 'read_only', readings: 'off' }),
];

const store = (id: number, name: string, active = true): Schemas['Store'] => ({
  ...{ id, name, category: 'snack', address: `가온구 달빛로 ${id * 3}`, lat: 37.501, lng: 127.011 },
  ...{ minOrder: 9000, deliveryFee: 2000, active, distance: null },
});
const stores = [store(1, '달빛분식'), store(2, '새벽국밥 본점'), store(3, '별빛 커피', false)];
const menu: Schemas['MenuItem'][] = [
  { id: 1, section: '떡볶이', name: '국물 떡볶이', price: 5000, active: true },
  { id: 2, section: '김밥', name: '달빛김밥', price: 4000, active: true },
  { id: 3, section: '튀김', name: '김말이 4개', price: 3000, active: true },
];

const box = (id: number, name: string, change: Partial<Schemas['Box']> = {}): Schemas['Box'] => ({
  ...{ id, name, zip: '90101', address: `가온구 달빛로 ${id}`, lat: 37.5, lng: 127.01 },
  ...{ condition: 'ok', active: true, booked: false },
  ...change,
});
const boxes = [
  box(1, '달빛역 2번 출구', { booked: true }),
  box(2, '가온 도서관 앞'),
  box(3, '새벽시장 동문', { condition: 'repair' }),
  box(4, '옛 주민센터', { active: false }),
];

function announcement(
  id: number,
  title: string,
  change: Partial<Schemas['AdminAnnouncement']> = {},
): Schemas['AdminAnnouncement'] {
  return {
    ...{ id, title, state: 'published', delivered: 4820, read: 2213 },
    body: '일요일 새벽 두 시부터 십 분 동안 쉬어 가요.\n보낸 메시지는 모두 남아 있어요.',
    audience: { role: null, locale: null },
    ...{ publishAt: at(20), createdAt: at(19), createdBy: { id: 1, nickname: '한지호' } },
    ...change,
  };
}

const announcements = [
  announcement(3, 'A calmer reading of jokes', {
    ...{ state: 'scheduled', publishAt: '2026-11-24T00:00:00Z', delivered: 0, read: 0 },
    audience: { role: null, locale: 'en' },
  }),
  announcement(2, '잠깐 쉬어 가요'),
  announcement(1, 'Welcome', { state: 'withdrawn', delivered: 12, read: 3, createdBy: null }),
];

function entry(
  id: number,
  action: Schemas['AuditAction'],
  change: Partial<Schemas['AuditEntry']> = {},
): Schemas['AuditEntry'] {
  return {
    ...{ id, action, targetType: 'user', targetId: 5, changes: [], at: at(20 - (id % 9)) },
    ...{ actor: { id: 1, nickname: '한지호' }, address: '203.0.113.7' },
    ...change,
  };
}

const audit = [
  entry(9, 'user.deactivated', {
    changes: [{ field: 'state', before: 'active', after: 'deactivated' }],
  }),
  entry(8, 'user.viewed'),
  entry(7, 'menu_item.replaced', {
    ...{ targetType: 'menu_item', targetId: 2 },
    changes: [{ field: 'price', before: '3500', after: '4000' }],
  }),
  entry(6, 'user.left', { actor: { id: 8, nickname: '' }, targetId: 8, address: null }),
  entry(5, 'user.purged', { actor: null, targetId: 11, address: null }),
  entry(4, 'announcement.created', { targetType: 'announcement', targetId: 2 }),
];

const json = (body: unknown) => (route: Route) => route.fulfill({ json: body });

/** What the operator's pages ask. */
export const admins: Answers = {
  '/admin/stats': (route) => {
    const asked = Number(new URL(route.request().url()).searchParams.get('days') ?? 7);
    return route.fulfill({ json: { ...stats, days: days(asked) } });
  },
  '/admin/emotion': json(health),
  '/admin/users': json({ items: users, next: 'more', total: 4840, totalCapped: false }),
  '/admin/users/2': json({ user: users[1], sessions: 2, friends: 14, rooms: 22, reason: null }),
  '/admin/users/2/sessions': json({
    items: liveWorld().sessions.map((session) => ({ ...session, current: false })),
  }),
  '/admin/users/5': json({
    ...{ user: closed, sessions: 0, friends: 3, rooms: 5 },
    reason: '여러 사람에게 광고를 보냈어요.',
  }),
  '/admin/rooms': json({ items: rooms, next: 'more' }),
  '/admin/stores': json({ items: stores, page: 1, size: 20, total: 3 }),
  '/admin/stores/1': json({ store: stores[0], menu }),
  '/admin/boxes': json({ items: boxes, page: 1, size: 20, total: 34 }),
  '/admin/announcements': json({ items: announcements, next: null }),
  '/admin/audit': json({ items: audit, next: 'more' }),
};
