import { expect, type Page } from '@playwright/test';
import { groupWorld } from './fake-group';
import type { Shot } from './shot';

const pane = (page: Page) => page.locator('#room-pane');
const shown = async (page: Page) => {
  await expect(pane(page).getByRole('tabpanel')).toBeVisible();
  await expect(page.getByRole('log')).toBeVisible();
};
const button = (page: Page, name: RegExp) => pane(page).getByRole('button', { name });

const gathering = { phase: 'CREATED', closesAt: '2026-11-21T06:24:12Z' } as const;

/** A conversation of several, and what stands beside it. */
export const groupShots: Shot[] = [
  { ...groupWorld(), name: 'group', path: '/rooms/21', prepare: ready },
  { ...groupWorld(gathering), name: 'group-soon', path: '/rooms/21', prepare: ready },
  {
    ...groupWorld({ state: 'closed', host: 2 }, { code: 'expired' }),
    name: 'group-closed',
    path: '/rooms/21?pane=room',
    prepare: shown,
  },
  { ...groupWorld(), name: 'group-members', path: '/rooms/21?pane=members', prepare: shown },
  {
    ...groupWorld(),
    name: 'group-member-menu',
    path: '/rooms/21?pane=members',
    prepare: async (page) => {
      await shown(page);
      await button(page, /Ben Carter/).click();
      await expect(page.getByRole('menu')).toBeVisible();
    },
  },
  {
    ...groupWorld(),
    name: 'group-kick',
    path: '/rooms/21?pane=members',
    prepare: async (page) => {
      await shown(page);
      await button(page, /Ben Carter/).click();
      await page.getByRole('menuitem').last().click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  { ...groupWorld({ host: 2 }), name: 'group-room', path: '/rooms/21?pane=room', prepare: shown },
  {
    ...groupWorld(gathering),
    name: 'group-host',
    path: '/rooms/21?pane=room',
    prepare: async (page) => {
      await shown(page);
      await button(page, /^(뽑기|Draw)$/).click();
      await expect(
        pane(page).getByRole('listitem').filter({ hasText: 'Ben Carter' }),
      ).toBeVisible();
    },
  },
  {
    ...groupWorld(gathering),
    name: 'group-host-below',
    path: '/rooms/21?pane=room',
    prepare: async (page) => {
      await shown(page);
      await button(page, /^(링크 만들기|Make a link)$/).click();
      await button(page, /^(비밀번호 바꾸기|Change the password)$/).click();
      await button(page, /^(방 닫기|Close the room)$/).scrollIntoViewIfNeeded();
    },
  },
  {
    ...groupWorld(),
    name: 'group-leave',
    path: '/rooms/21?pane=room',
    prepare: async (page) => {
      await shown(page);
      await button(page, /^(방에서 나가기|Leave the room)$/).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  { ...groupWorld(), name: 'group-order', path: '/rooms/21?pane=order', prepare: shown },
  { ...groupWorld(), name: 'group-box', path: '/rooms/21?pane=box', prepare: shown },
  { ...groupWorld(), name: 'chats-group', path: '/chats' },
];

async function ready(page: Page) {
  await expect(page.getByRole('log').getByRole('article').last()).toBeInViewport();
}
