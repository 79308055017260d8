import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { accountShots } from './account-shots';
import { adminShots } from './admin-shots';
import { emptyWorld, liveWorld, refuse, serve, type World } from './fake-server';
import { groupShots } from './group-shots';
import { moodShots } from './mood-shots';
import { orderShots } from './order-shots';
import { placeShots } from './place-shots';
import { readingShots } from './reading-shots';
import { searchShots } from './search-shots';
import type { Shot } from './shot';
import { test } from './windows';

/*
 * Every page outside the conversation: no finding of axe, nothing wider than the window, and a picture in e2e/screenshots for
 * people to look at. The answers are fixed, so that the pictures are comparable. A page is seen on a light phone in Korean or
 * on a dark desk in English, one after the other; E2E_PICTURES=all shows each page in every combination.
 */
// The picture tells what a trace would, which takes its time.
test.use({ trace: 'off' });

const all = process.env.E2E_PICTURES === 'all';
const everyLook = (['ko', 'en'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    [390, 768, 1280].map((width) => ({ locale, theme, width })),
  ),
);
const looks = all
  ? everyLook
  : ([
      { locale: 'ko', theme: 'light', width: 390 },
      { locale: 'en', theme: 'dark', width: 1280 },
    ] as const);

const stranger = (): World => ({ ...emptyWorld(), me: null });

const shots: Shot[] = [
  { name: 'welcome', path: '/', world: stranger },
  { name: 'login', path: '/login', world: stranger },
  {
    name: 'login-limited',
    path: '/login',
    world: stranger,
    override: {
      '/auth/login': (route) => refuse(route, 429, 'request.too_many', { 'Retry-After': '40' }),
    },
    prepare: async (page) => {
      await page.locator('[name=email]').fill('jiho@example.org');
      await page.locator('[name=password]').fill('not this one');
      await page.locator('form [type=submit]').click();
      await expect(page.getByRole('alert')).not.toBeEmpty();
    },
  },
  { name: 'register', path: '/register', world: stranger },
  {
    name: 'register-faults',
    path: '/register',
    world: stranger,
    prepare: async (page) => {
      await page.locator('form [type=submit]').click();
      await expect(page.locator('[name=email]')).toBeFocused();
    },
  },
  { name: 'chats', path: '/chats', world: liveWorld },
  { name: 'chats-empty', path: '/chats', world: emptyWorld },
  {
    name: 'chats-failed',
    path: '/chats',
    world: liveWorld,
    override: { '/rooms': (route) => refuse(route, 500, 'server.failed') },
    prepare: async (page) => {
      await expect(page.locator('#pane').getByRole('alert')).toBeVisible({ timeout: 15_000 });
    },
  },
  {
    name: 'chats-loading',
    path: '/chats',
    world: liveWorld,
    override: { '/rooms': () => new Promise(() => undefined) },
    waits: true,
  },
  {
    name: 'chats-offline',
    path: '/chats',
    world: liveWorld,
    prepare: async (page) => {
      await page.context().setOffline(true);
      await expect(page.getByRole('status').first()).not.toBeEmpty();
    },
  },
  {
    name: 'first-run',
    path: '/chats',
    world: emptyWorld,
    prepare: async (page) => {
      await page.evaluate(() => localStorage.setItem('emosation.first-run', '1'));
      await page.reload();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    name: 'shortcuts',
    path: '/chats',
    world: liveWorld,
    prepare: async (page) => {
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  { name: 'friends', path: '/friends', world: liveWorld },
  { name: 'friends-empty', path: '/friends', world: emptyWorld },
  {
    name: 'friends-find',
    path: '/friends/find',
    world: liveWorld,
    prepare: async (page) => {
      await page.locator('#content input').fill('민지');
      await expect(page.locator('#content li')).toHaveCount(4);
    },
  },
  { name: 'friends-requests', path: '/friends/requests', world: liveWorld },
  { name: 'friends-blocked', path: '/friends/blocked', world: liveWorld },
  {
    name: 'friend-menu',
    path: '/friends',
    world: liveWorld,
    prepare: async (page) => {
      await page.locator('#pane li').first().getByRole('button').last().click();
      await expect(page.getByRole('menu')).toBeVisible();
    },
  },
  {
    name: 'friend-block',
    path: '/friends',
    world: liveWorld,
    prepare: async (page) => {
      await page.locator('#pane li').first().getByRole('button').last().click();
      await page.getByRole('menuitem').last().click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  { name: 'me', path: '/me', world: liveWorld },
  { name: 'me-profile', path: '/me/profile', world: liveWorld },
  { name: 'me-appearance', path: '/me/appearance', world: liveWorld },
  { name: 'me-password', path: '/me/password', world: liveWorld },
  { name: 'me-sessions', path: '/me/sessions', world: liveWorld },
  { name: 'not-found', path: '/nowhere', world: liveWorld },
  {
    name: 'unreachable',
    path: '/chats',
    world: liveWorld,
    override: { '/auth/refresh': (route) => route.abort() },
  },
  ...placeShots,
  ...groupShots,
  ...orderShots,
  ...searchShots,
  ...readingShots,
  ...moodShots,
  ...adminShots,
  ...accountShots,
];

for (const [index, look] of looks.entries()) {
  const { locale, theme, width } = look;
  test.describe(`${locale} ${theme} ${width}`, () => {
    for (const shot of shots.filter((_, i) => all || i % looks.length === index)) {
      test(shot.name, async ({ windows }) => {
        const page = await windows.open(look);
        const world = shot.world();
        if (world.me) world.me.locale = locale;
        const quiet = await serve(page, world, shot.override, shot.frames);
        await page.goto(shot.path);
        await expect(page.locator('#root')).not.toBeEmpty();
        await shot.prepare?.(page);
        if (!shot.waits) await quiet();
        await page.evaluate(() => document.fonts.ready);
        await page.screenshot({
          path: `e2e/screenshots/${shot.name}-${locale}-${theme}-${width}.png`,
        });
        await expect(page).toHaveTitle(/Emosation/);
        await expectToFit(page);
        await expectAccessible(page);
      });
    }
  });
}

async function expectToFit(page: Page) {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, 'pixels wider than the window').toBe(0);
}

async function expectAccessible(page: Page) {
  // No page of ours has frames, for which the other mode opens a page of its own each time.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = violations.map(
    ({ id, impact, nodes }) =>
      `${id} (${impact}): ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
  );
  expect(found).toEqual([]);
}
