import { expect, type Page } from '@playwright/test';
import { openRooms, places } from './fake-places';
import { emptyWorld, liveWorld, refuse } from './fake-server';
import type { Shot } from './shot';

const row = (page: Page, title: string) => page.locator('#pane').getByText(title, { exact: true });

async function openSheet(page: Page, title: string) {
  await row(page, title).click();
  await expect(page.getByRole('dialog')).toBeVisible();
}

/** Through the steps of creating a pickup room, as far as asked for. */
async function chooseTo(page: Page, last: 'area' | 'box' | 'store' | 'details') {
  await page.getByRole('radio').nth(1).check();
  await page.locator('form [type=submit]').click();
  await page.locator('#content [type=search]').fill('달빛');
  await expect(page.locator('#content form li')).toHaveCount(3);
  if (last === 'area') return;
  await page.locator('#content form li button').first().click();
  await page.getByRole('radio').first().check();
  if (last === 'box') return;
  await page.locator('form [type=submit]').click();
  await page.getByRole('radio', { name: '새벽국밥 본점' }).check();
  if (last === 'store') return;
  await page.locator('form [type=submit]').click();
  await expect(page.locator('[name=title]')).toBeVisible();
}

const shared = { world: liveWorld, override: places };

/** Finding, joining and creating rooms. */
export const placeShots: Shot[] = [
  { ...shared, name: 'discover', path: '/discover' },
  {
    ...shared,
    name: 'discover-filtered',
    path: '/discover?q=달빛&zip=90101&phase=CREATED&hasSeat=true&withoutPassword=true',
    override: { ...places, ...openRooms({ items: [], total: 0, totalIsExact: true }) },
  },
  {
    name: 'discover-empty',
    path: '/discover',
    world: emptyWorld,
    override: openRooms({ items: [], total: 0, totalIsExact: true }),
  },
  {
    name: 'discover-failed',
    path: '/discover',
    world: liveWorld,
    override: { '/rooms/open': (route) => refuse(route, 500, 'server.failed') },
    prepare: async (page) => {
      await expect(page.locator('#pane').getByRole('alert')).toBeVisible({ timeout: 15_000 });
    },
  },
  {
    name: 'discover-loading',
    path: '/discover',
    world: liveWorld,
    override: { '/rooms/open': () => new Promise(() => undefined) },
    waits: true,
    prepare: (page) => expect(page.locator('#pane [type=search]')).toBeVisible(),
  },
  {
    ...shared,
    name: 'discover-area',
    path: '/discover?zip=90101',
    prepare: async (page) => {
      await page.locator('#pane [aria-haspopup=dialog]').first().click();
      await page.getByRole('dialog').locator('[type=search]').fill('달빛');
      await expect(page.getByRole('dialog').locator('li')).toHaveCount(3);
    },
  },
  {
    ...shared,
    name: 'join',
    path: '/discover',
    prepare: (page) => openSheet(page, '야식 같이 시켜요'),
  },
  {
    name: 'join-wrong',
    path: '/discover',
    world: liveWorld,
    override: {
      ...places,
      '/rooms/33/members': (route) => refuse(route, 403, 'room.password_wrong'),
    },
    prepare: async (page) => {
      await openSheet(page, 'Friday board games');
      await page.getByRole('dialog').locator('[type=password]').fill('sunlight');
      await page.getByRole('dialog').locator('[type=submit]').click();
      await expect(page.locator('[aria-invalid=true]')).toBeVisible();
    },
  },
  {
    name: 'join-full',
    path: '/discover',
    world: liveWorld,
    override: { ...places, '/rooms/32/members': (route) => refuse(route, 409, 'room.full') },
    prepare: async (page) => {
      await openSheet(page, '치킨 반반 나눌 사람');
      await page.getByRole('dialog').locator('[type=submit]').click();
      await expect(page.getByRole('dialog').getByRole('alert')).not.toBeEmpty();
    },
  },
  { ...shared, name: 'create', path: '/rooms/new' },
  {
    ...shared,
    name: 'create-area',
    path: '/rooms/new',
    prepare: (page) => chooseTo(page, 'area'),
  },
  { ...shared, name: 'create-box', path: '/rooms/new', prepare: (page) => chooseTo(page, 'box') },
  {
    ...shared,
    name: 'create-store',
    path: '/rooms/new',
    prepare: (page) => chooseTo(page, 'store'),
  },
  {
    ...shared,
    name: 'create-details',
    path: '/rooms/new',
    prepare: async (page) => {
      await chooseTo(page, 'details');
      await page.locator('form [type=submit]').click();
      await expect(page.locator('[name=title]')).toBeFocused();
    },
  },
  {
    name: 'create-taken',
    path: '/rooms/new',
    world: liveWorld,
    override: {
      ...places,
      '/rooms': (route) =>
        route.request().method() === 'POST'
          ? refuse(route, 409, 'box.booked')
          : route.fulfill({ json: { items: liveWorld().rooms } }),
    },
    prepare: async (page) => {
      await chooseTo(page, 'details');
      await page.locator('[name=title]').fill('새벽 국밥 같이');
      await page.locator('form [type=submit]').click();
      await expect(page.locator('form').getByRole('alert').first()).not.toBeEmpty();
    },
  },
  { ...shared, name: 'invite', path: '/join#token' },
  {
    name: 'invite-expired',
    path: '/join#token',
    world: liveWorld,
    override: { ...places, '/invites': (route) => refuse(route, 403, 'room.invite_invalid') },
  },
  {
    name: 'invite-stranger',
    path: '/join#token',
    world: () => ({ ...emptyWorld(), me: null }),
  },
];
