import { expect, type Page } from '@playwright/test';
import { orderHandlers, orders } from './fake-orders';
import { refuse } from './fake-server';
import { groupWorld } from './fake-group';
import type { Shot } from './shot';

const pane = (page: Page) => page.locator('#room-pane');
const table = async (page: Page) => {
  await expect(page.getByRole('log')).toBeVisible();
  await expect(pane(page).getByRole('rowheader', { name: /김민지/ })).toBeVisible();
};

function orderShot(
  name: string,
  stage: keyof typeof orders,
  prepare: Shot['prepare'] = table,
): Shot {
  const phase = stage === 'delivered' ? 'DELIVERED' : 'CREATED';
  const { world, override } = groupWorld({ phase });
  const handlers = { ...override, ...orderHandlers(orders[stage]) };
  return { name, world, override: handlers, path: '/rooms/21?pane=order', prepare };
}

const boxShot = { ...orderShot('', 'delivered'), path: '/rooms/21?pane=box' };

/** Choosing and ordering together, and the box it comes to. */
export const orderShots: Shot[] = [
  orderShot('order-choosing', 'choosing'),
  orderShot('order-choosing-below', 'choosing', async (page) => {
    await table(page);
    await pane(page).locator('tfoot').scrollIntoViewIfNeeded();
  }),
  orderShot('order-gone', 'gone'),
  orderShot('order-chosen', 'chosen'),
  orderShot('order-confirm', 'chosen', async (page) => {
    await table(page);
    await pane(page)
      .getByRole('button', { name: /^(주문 확정하기|Confirm order)$/ })
      .click();
    await expect(page.getByRole('dialog')).toBeVisible();
  }),
  orderShot('order-delivered', 'delivered'),
  {
    ...orderShot('order-failed', 'choosing'),
    override: {
      ...groupWorld().override,
      '/rooms/21/order': (route) => refuse(route, 500, 'server.failed'),
    },
    prepare: async (page) => {
      await expect(pane(page).getByRole('alert')).toBeVisible({ timeout: 15_000 });
    },
  },
  {
    ...boxShot,
    name: 'box-code',
    prepare: async (page) => {
      await pane(page).getByRole('tabpanel').getByRole('button').click();
      await expect(pane(page).getByText('048')).toBeVisible();
    },
  },
  {
    ...boxShot,
    ...groupWorld({ state: 'closed', phase: 'DELIVERED' }, { code: 'closed' }),
    name: 'box-ended',
    prepare: async (page) => {
      await expect(pane(page).getByText('달빛공원 보관함', { exact: true })).toBeVisible();
    },
  },
];
