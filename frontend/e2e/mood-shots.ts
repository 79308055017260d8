import { expect, type Page } from '@playwright/test';
import { groupWorld } from './fake-group';
import { missed, moods, reflection } from './fake-mood';
import { liveWorld, refuse } from './fake-server';
import type { Shot } from './shot';

const chart = (page: Page) => expect(page.getByRole('slider')).toBeVisible();
const grey = async (page: Page) => {
  await chart(page);
  await page.addStyleTag({ content: ':root { filter: grayscale(1) }' });
};

const two: Pick<Shot, 'world' | 'override'> = { world: liveWorld, override: moods };
const group = groupWorld();
const late = groupWorld({ lastReadSeq: 5, unread: 16 });
const bar = (page: Page) => page.getByRole('button', { name: /16(개, 어떤| new messages)/ });

/** How conversations felt over time, what was missed, and a week of one's own. */
export const moodShots: Shot[] = [
  { ...two, name: 'mood', path: '/rooms/11/mood', prepare: chart },
  { ...two, name: 'mood-grey', path: '/rooms/11/mood', prepare: grey },
  {
    world: group.world,
    override: { ...group.override, ...moods },
    name: 'mood-group',
    path: '/rooms/21/mood?days=30',
    prepare: chart,
  },
  {
    world: group.world,
    override: { ...group.override, ...moods },
    name: 'mood-table',
    path: '/rooms/21/mood?days=30',
    prepare: async (page) => {
      await chart(page);
      await page.locator('summary').click();
      await expect(page.getByRole('table')).toBeVisible();
      await page.locator('summary').evaluate((summary) => summary.scrollIntoView());
    },
  },
  { ...two, name: 'mood-none', path: '/rooms/11/mood?days=1' },
  {
    ...two,
    override: { '/rooms/11/mood': (route) => refuse(route, 409, 'emotion.hidden') },
    name: 'mood-hidden',
    path: '/rooms/11/mood',
  },
  {
    ...two,
    override: { '/rooms/11/mood': (route) => refuse(route, 409, 'emotion.off') },
    name: 'mood-off',
    path: '/rooms/11/mood',
  },
  {
    ...two,
    override: { '/rooms/11/mood': (route) => refuse(route, 500, 'server.failed') },
    name: 'mood-failed',
    path: '/rooms/11/mood',
    prepare: async (page) => {
      await expect(page.locator('#content').getByRole('alert')).toBeVisible({ timeout: 15_000 });
    },
  },
  {
    ...two,
    override: { '/rooms/11/mood': () => new Promise(() => undefined) },
    name: 'mood-loading',
    path: '/rooms/11/mood',
    waits: true,
  },
  {
    world: late.world,
    override: { ...late.override, ...missed },
    name: 'missed',
    path: '/rooms/21',
    prepare: async (page) => {
      await expect(bar(page)).toBeVisible();
      await expect(page.getByRole('log').getByRole('article').last()).toBeVisible();
    },
  },
  {
    world: late.world,
    override: { ...late.override, ...missed },
    name: 'missed-open',
    path: '/rooms/21',
    prepare: async (page) => {
      await bar(page).click();
      await expect(page.getByRole('dialog').getByRole('link').last()).toBeVisible();
    },
  },
  {
    world: liveWorld,
    override: reflection(),
    name: 'reflection',
    path: '/me/reflection',
    prepare: chart,
  },
  {
    world: liveWorld,
    override: reflection(false),
    name: 'reflection-none',
    path: '/me/reflection',
  },
  {
    world: liveWorld,
    override: { '/users/me/reflection': (route) => refuse(route, 409, 'emotion.off') },
    name: 'reflection-off',
    path: '/me/reflection?week=2026-W46',
  },
];
