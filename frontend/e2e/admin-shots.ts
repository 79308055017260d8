import { expect, type Page } from '@playwright/test';
import { admins, adminWorld, health } from './fake-admin';
import { refuse } from './fake-server';
import type { Shot } from './shot';

const shared: Pick<Shot, 'world' | 'override'> = { world: adminWorld, override: admins };
const table = (page: Page) => expect(page.locator('#content table').first()).toBeVisible();
const charts = (page: Page) => expect(page.getByRole('slider')).toHaveCount(5);

/** Opens one of the dialogs of a page, by the place of its button among those of its kind. */
async function openDialog(page: Page, button: string) {
  await page.locator(button).click();
  await expect(page.getByRole('dialog')).toBeVisible();
}

/** The operator's pages. */
export const adminShots: Shot[] = [
  { ...shared, name: 'admin', path: '/admin' },
  { ...shared, name: 'admin-dashboard', path: '/admin/dashboard', prepare: charts },
  {
    ...shared,
    name: 'admin-days-grey',
    path: '/admin/dashboard?days=30',
    prepare: async (page) => {
      await charts(page);
      await page.getByRole('slider').nth(3).scrollIntoViewIfNeeded();
      await page.addStyleTag({ content: ':root { filter: grayscale(1) }' });
    },
  },
  {
    ...shared,
    override: {
      ...admins,
      '/admin/emotion': (route) =>
        route.fulfill({ json: { ...health, remote: { ...health.remote, breaker: 'open' } } }),
    },
    name: 'admin-health',
    path: '/admin/dashboard',
    prepare: async (page) => {
      await charts(page);
      await page.locator('#admin-health').scrollIntoViewIfNeeded();
      await page.locator('#content dl').last().scrollIntoViewIfNeeded();
    },
  },
  {
    ...shared,
    override: { '/admin/stats': (route) => refuse(route, 500, 'server.failed') },
    name: 'admin-failed',
    path: '/admin/dashboard',
    prepare: async (page) => {
      await expect(page.locator('#content').getByRole('alert').first()).toBeVisible({
        timeout: 15_000,
      });
    },
  },
  {
    ...shared,
    override: { '/admin/users': () => new Promise(() => undefined) },
    name: 'admin-loading',
    path: '/admin/users',
    waits: true,
  },
  {
    ...shared,
    name: 'admin-offline',
    path: '/admin/users',
    prepare: async (page) => {
      await table(page);
      await page.context().setOffline(true);
      await expect(page.getByRole('status').first()).not.toBeEmpty();
    },
  },
  { ...shared, name: 'admin-users', path: '/admin/users?sort=nickname', prepare: table },
  {
    ...shared,
    override: {
      '/admin/users': (route) =>
        route.fulfill({ json: { items: [], next: null, total: 0, totalCapped: false } }),
    },
    name: 'admin-users-none',
    path: '/admin/users?q=nobody&state=deactivated',
  },
  { ...shared, name: 'admin-user', path: '/admin/users/2' },
  { ...shared, name: 'admin-user-closed', path: '/admin/users/5' },
  {
    ...shared,
    override: {
      ...admins,
      '/admin/users/2/deactivation': (route) => refuse(route, 403, 'auth.reauthenticate'),
      '/auth/reauthentication': (route) => refuse(route, 422, 'auth.wrong_password'),
    },
    name: 'admin-proof',
    path: '/admin/users/2',
    prepare: async (page) => {
      await openDialog(page, '[aria-labelledby=admin-close] button');
      await page.getByRole('dialog').locator('[type=submit]').click();
      await page.locator('dialog [type=password]').fill('not this one');
      await page.keyboard.press('Enter');
      await expect(page.locator('[aria-invalid=true]')).toBeVisible();
    },
  },
  {
    ...shared,
    override: {
      ...admins,
      '/admin/users/5/restoration': (route) =>
        route.fulfill({ json: { user: {}, temporaryPassword: 'moonlit-lantern-4821' } }),
    },
    name: 'admin-password',
    path: '/admin/users/5',
    prepare: async (page) => {
      await openDialog(page, '[aria-labelledby=admin-restore] button');
      await page.getByRole('dialog').getByRole('radio').last().check();
      await page.getByRole('dialog').locator('[type=submit]').click();
      await expect(page.locator('dialog code')).toBeVisible();
    },
  },
  { ...shared, name: 'admin-rooms', path: '/admin/rooms', prepare: table },
  { ...shared, name: 'admin-stores', path: '/admin/stores', prepare: table },
  { ...shared, name: 'admin-store', path: '/admin/stores/1', prepare: table },
  {
    ...shared,
    name: 'admin-store-form',
    path: '/admin/stores/1',
    prepare: async (page) => {
      await table(page);
      await page.locator('#content dl + div button').first().click();
      await page.locator('dialog [name=lat]').fill('north');
      await page.locator('dialog [type=submit]').click();
      await expect(page.locator('[aria-invalid=true]')).toBeVisible();
    },
  },
  {
    ...shared,
    name: 'admin-boxes',
    path: '/admin/boxes',
    prepare: async (page) => {
      await table(page);
      await page.locator('#content [aria-haspopup=menu]').nth(1).click();
      await expect(page.getByRole('menu')).toBeVisible();
    },
  },
  { ...shared, name: 'admin-announcements', path: '/admin/announcements' },
  {
    ...shared,
    name: 'admin-announce',
    path: '/admin/announcements',
    prepare: async (page) => {
      await page.locator('#content header + div button').first().click();
      await page.getByRole('dialog').getByRole('radio').last().check();
      await expect(page.locator('dialog [name=at]')).toBeVisible();
    },
  },
  { ...shared, name: 'admin-audit', path: '/admin/audit', prepare: table },
];
