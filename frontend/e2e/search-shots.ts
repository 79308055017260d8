import { expect, type Page, type Route } from '@playwright/test';
import { groupWorld } from './fake-group';
import { foundIn } from './fake-search';
import { liveWorld, refuse } from './fake-server';
import type { Shot } from './shot';

const pane = (page: Page) => page.locator('#pane');
const found = (page: Page) => expect(pane(page).locator('mark').first()).toBeVisible();
const settled = (page: Page) => expect(pane(page).getByRole('status').last()).toContainText(/\S/);

/** The search in the chats, and a room so large that it is counted. */
export const searchShots: Shot[] = [
  {
    name: 'search',
    path: '/chats?q=괜찮',
    world: liveWorld,
    override: foundIn(),
    prepare: found,
  },
  {
    name: 'search-chosen',
    path: '/chats?q=괜찮',
    world: liveWorld,
    override: foundIn(),
    prepare: async (page) => {
      await found(page);
      await page.keyboard.press('/');
      await page.keyboard.press('ArrowDown');
      await expect(pane(page).getByRole('link').first()).toBeFocused();
    },
  },
  {
    name: 'search-none',
    path: '/chats?q=zebra',
    world: liveWorld,
    override: { '/search/messages': (route) => route.fulfill({ json: { items: [] } }) },
    prepare: settled,
  },
  {
    name: 'search-here',
    path: '/chats?within=11&q=괜찮',
    world: liveWorld,
    override: foundIn(11),
    prepare: found,
  },
  { name: 'search-begins', path: '/chats?within=11', world: liveWorld },
  {
    name: 'search-failed',
    path: '/chats?q=soup',
    world: liveWorld,
    override: { '/search/messages': (route) => refuse(route, 500, 'server.failed') },
    prepare: async (page) => {
      await expect(pane(page).getByRole('alert')).toBeVisible({ timeout: 15_000 });
    },
  },
  {
    name: 'search-loading',
    path: '/chats?q=soup',
    world: liveWorld,
    override: { '/search/messages': () => new Promise(() => undefined) },
    waits: true,
  },
  ...(['crowd', 'crowd-members'] as const).map((name): Shot => {
    const group = groupWorld({ memberCount: 1000, capacity: 1000, phase: null, pickup: null });
    return {
      ...group,
      name,
      path: name === 'crowd' ? '/rooms/21' : '/rooms/21?pane=members',
      override: { ...group.override, '/rooms/21/members': crowd },
      frames: [
        {
          ...{
            type: 'entered',
            room: 21,
            epoch: 'e',
            lastSeq: 21,
            lastRev: 21,
            messages: [],
            hasMore: false,
          },
          ...{ viewers: [], reads: [], viewerCount: 230 },
          readCounts: [
            { seq: 5, count: 412 },
            { seq: 21, count: 588 },
          ],
        },
        { type: 'typing', room: 21, count: 12 },
      ],
      prepare: async (page) => {
        await expect(page.getByText(/^(230명이 보고|230 people are)/)).toBeVisible();
        if (name === 'crowd') await expect(page.getByText(/^(12명이|12 people)/)).toBeVisible();
        else await expect(page.locator('#room-pane').getByRole('listitem').nth(5)).toBeVisible();
      },
    };
  }),
];

function crowd(route: Route): Promise<void> {
  const items = Array.from({ length: 1000 }, (_, i) => ({
    user: { id: i + 1, nickname: i === 0 ? '한지호' : `이웃 ${i + 1}` },
    state: 'joined',
    joinedAt: '2026-11-20T00:00:00Z',
    joinedSeq: 0,
    lastReadSeq: 21,
    online: i % 3 === 0,
  }));
  return route.fulfill({ json: { items } });
}
