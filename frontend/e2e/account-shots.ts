import { expect, type Page } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import { groupWorld } from './fake-group';
import { emptyWorld, liveWorld, refuse, type World } from './fake-server';
import type { Shot } from './shot';

const stranger = (): World => ({ ...emptyWorld(), me: null });
const heading = (page: Page) => expect(page.locator('main h1')).toBeVisible();

const announcements: components['schemas']['Announcement'][] = [
  {
    id: 9,
    title: '일요일 새벽에 잠시 쉬어요',
    body: '일요일 새벽 두 시부터 십 분쯤 서버를 살펴봐요.\n그동안 보낸 메시지는 기다렸다가 저절로 나가요.',
    publishedAt: '2026-11-21T02:00:00Z',
    readAt: null,
  },
  {
    id: 4,
    title: 'Welcome to the new neighbourhood of Dalbit',
    body: 'There are three new boxes, and the bakery on Moon Street is open.',
    publishedAt: '2026-10-30T02:00:00Z',
    readAt: '2026-10-30T03:00:00Z',
  },
];

/** Fills what is asked for, and sends it. */
async function submit(page: Page, fields: Record<string, string>) {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`[name=${name}]`).fill(value);
  }
  await page.locator('form [type=submit]').click();
}

/** Ways into an account and out of it, and what the operator announces. */
export const accountShots: Shot[] = [
  {
    name: 'register-off',
    path: '/register',
    world: stranger,
    override: {
      '/emotion': (route) => route.fulfill({ json: { mode: 'off', model: '1', host: null } }),
    },
    prepare: (page) => expect(page.getByRole('radio')).toHaveCount(0),
  },
  { name: 'forgot', path: '/forgot', world: stranger, prepare: heading },
  {
    name: 'forgot-sent',
    path: '/forgot',
    world: stranger,
    override: { '/auth/password-resets': (route) => route.fulfill({ status: 202 }) },
    prepare: async (page) => {
      await submit(page, { email: 'jiho@example.org' });
      await expect(page.locator('main form')).toHaveCount(0);
    },
  },
  { name: 'reset', path: '/reset#token=secret', world: stranger, prepare: heading },
  { name: 'reset-spent', path: '/reset', world: stranger, prepare: heading },
  {
    name: 'verify',
    path: '/verify#token=secret',
    world: stranger,
    override: { '/auth/email-verifications/redeem': (route) => route.fulfill({ status: 204 }) },
    prepare: heading,
  },
  {
    name: 'must-reset',
    path: '/login',
    world: stranger,
    override: { '/auth/login': (route) => refuse(route, 403, 'auth.must_reset') },
    prepare: async (page) => {
      await submit(page, { email: 'jiho@example.org', password: 'temporary' });
      await expect(page.locator('[name=new-password]')).toBeVisible();
    },
  },
  {
    name: 'goodbye',
    path: '/goodbye?until=2026-12-22T00:00:00Z',
    world: stranger,
    prepare: heading,
  },
  {
    name: 'me-profile-unverified',
    path: '/me/profile',
    world: () => {
      const { me, ...world } = liveWorld();
      return { ...world, me: me && { ...me, emailVerified: false } };
    },
  },
  { name: 'me-data', path: '/me/data', world: liveWorld },
  {
    name: 'me-data-faults',
    path: '/me/data',
    world: liveWorld,
    override: { '/users/me/export': (route) => refuse(route, 429, 'request.too_many') },
    prepare: async (page) => {
      await page.locator('#content section button').first().click();
      await expect(page.locator('#content [role=alert]').first()).not.toBeEmpty();
      await page.locator('#content section button').last().click();
      await page.addStyleTag({ content: ':root { filter: grayscale(1) }' });
    },
  },
  { name: 'announcements-empty', path: '/announcements', world: liveWorld },
  {
    name: 'announcements',
    path: '/announcements',
    world: liveWorld,
    override: {
      '/announcements': (route) =>
        route.fulfill({ json: { items: announcements, next: null, unread: 1 } }),
      '/announcements/9/read': (route) => route.fulfill({ status: 204 }),
    },
    prepare: (page) => expect(page.locator('#content article article')).toHaveCount(2),
  },
  {
    ...groupWorld(),
    name: 'announced',
    path: '/rooms/21',
    frames: announcements.map((announcement) => ({ type: 'notice', announcement })),
    prepare: (page) => expect(page.getByRole('complementary').first()).toBeVisible(),
  },
  {
    name: 'chats-left',
    path: '/chats',
    world: () => {
      const world = liveWorld();
      const blocks = [{ user: { id: 5, nickname: '' }, since: '2026-10-30T03:00:00Z' }];
      const rooms = world.rooms.map((room) =>
        room.state === 'read_only' ? { ...room, peer: { id: 5, nickname: '' } } : room,
      );
      return { ...world, rooms, blocks };
    },
  },
];
