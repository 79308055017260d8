import { expect, type Page } from '@playwright/test';
import { readingWorld, tenseWorld } from './fake-readings';
import { liveWorld } from './fake-server';
import type { Shot } from './shot';

const rows = (page: Page) => page.getByRole('log').getByRole('article');
const chip = (page: Page, nth: number) =>
  rows(page)
    .nth(nth)
    .getByRole('button', { name: /^(감정 읽기|Reading)/ });

async function ready(page: Page) {
  await expect(rows(page).last()).toBeInViewport();
}

async function why(page: Page, nth: number) {
  await ready(page);
  await chip(page, nth).click();
  const panel = page.getByRole('dialog');
  await expect(panel.getByRole('button').last()).toBeVisible();
  return panel;
}

async function write(page: Page) {
  await ready(page);
  await page.getByRole('textbox').last().fill('진짜 너무하네');
}

/** Makes the page literal before it is seen. */
async function literal(page: Page) {
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem('emosation.preferences') ?? '{}') as object;
    localStorage.setItem('emosation.preferences', JSON.stringify({ ...kept, literal: true }));
  });
  await page.reload();
  await ready(page);
}

const remote = { mode: 'openai', model: '2026-11-c4', host: 'ai.example.org' } as const;
const off = { mode: 'off', model: '2026-11-c4', host: null } as const;

/** Readings in a conversation, what can be done about them, and where people choose. */
export const readingShots: Shot[] = [
  { ...readingWorld(), name: 'readings', path: '/rooms/11', prepare: ready },
  {
    ...readingWorld(),
    name: 'readings-grey',
    path: '/rooms/11',
    prepare: async (page) => {
      await ready(page);
      await page.addStyleTag({ content: ':root { filter: grayscale(1) }' });
    },
  },
  { ...readingWorld(), name: 'readings-literal', path: '/rooms/11', prepare: literal },
  {
    ...readingWorld(),
    name: 'reading-why',
    path: '/rooms/11',
    prepare: async (page) => void (await why(page, 0)),
  },
  {
    ...readingWorld(),
    name: 'reading-correct',
    path: '/rooms/11',
    prepare: async (page) => void (await why(page, 1)),
  },
  {
    ...readingWorld(),
    name: 'reading-said',
    path: '/rooms/11',
    prepare: async (page) => void (await why(page, 5)),
  },
  {
    ...readingWorld(),
    name: 'reading-unclear',
    path: '/rooms/11',
    prepare: async (page) => void (await why(page, 8)),
  },
  {
    ...readingWorld(),
    name: 'reading-words',
    path: '/rooms/11',
    prepare: async (page) => {
      const panel = await why(page, 0);
      await panel.getByRole('button').first().click();
      await expect(page.getByRole('term').first()).toBeVisible();
    },
  },
  {
    ...readingWorld(),
    name: 'preview-hint',
    path: '/rooms/11',
    prepare: async (page) => {
      await write(page);
      await expect(page.locator('#composer-hint')).not.toBeEmpty();
    },
  },
  {
    ...tenseWorld(),
    name: 'preview-tense',
    path: '/rooms/11',
    prepare: async (page) => {
      await write(page);
      await expect(page.getByText(/팽팽|tense/)).toBeVisible();
    },
  },
  {
    ...readingWorld({ readingsNotice: true }, remote),
    name: 'readings-notice',
    path: '/rooms/11',
    prepare: ready,
  },
  {
    ...readingWorld(),
    name: 'readings-direct',
    path: '/rooms/11',
    prepare: async (page) => {
      await ready(page);
      await page
        .getByRole('button', { name: /^(이 대화의 감정 읽기|Readings in this chat)$/ })
        .click();
      await expect(page.getByRole('radiogroup')).toBeVisible();
    },
  },
  {
    world: liveWorld,
    override: readingWorld().override,
    name: 'me-readings',
    path: '/me/readings',
  },
  {
    world: liveWorld,
    override: readingWorld().override,
    name: 'me-readings-forget',
    path: '/me/readings',
    prepare: async (page) => {
      await page.getByRole('button', { name: /^(내 읽기 모두 잊기|Forget my readings)$/ }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
    },
  },
  {
    world: liveWorld,
    override: readingWorld({}, off).override,
    name: 'me-readings-off',
    path: '/me/readings',
  },
];
