import { expect, request as requests, test } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import { call, open, row, say, twoFriends } from './two-friends';

// A program of its own, which may go back to a backup.
const baseURL = process.env.E2E_RESTORED_URL ?? '';
const control = process.env.E2E_RESTORE_URL ?? '';
test.use({ baseURL });

test('a page that was open while the server went back to a backup shows what the server has, and sends what it had not sent', async ({
  browser,
}) => {
  const request = await requests.newContext({ baseURL });
  const { minji, ben, room } = await twoFriends(request);
  await say(request, ben, room, 'before the backup');
  const hers = await open(browser, minji, `/rooms/${room}`);
  await expect(row(hers, 'before the backup')).toBeVisible();
  const restore = async (step: string) => {
    const answer = await request.post(`${control}/${step}`, { timeout: 60_000 });
    expect(answer.ok(), await answer.text()).toBe(true);
  };

  await restore('backup');
  const write = hers.getByPlaceholder('메시지 쓰기');
  await write.fill('acknowledged and lost');
  await hers.keyboard.press('Enter');
  await say(request, ben, room, 'said and lost');
  await call(request, ben, 'patch', `/rooms/${room}/messages/1`, { body: 'changed after it' });
  await expect(row(hers, 'acknowledged and lost')).toBeVisible();
  await expect(row(hers, 'said and lost')).toBeVisible();
  await expect(row(hers, 'changed after it')).toBeVisible();

  await restore('stop');
  await write.fill('not sent yet');
  await hers.keyboard.press('Enter');
  await write.fill('a draft');
  await restore('restore');

  await expect(row(hers, 'before the backup')).toBeVisible({ timeout: 30_000 });
  await expect(row(hers, 'and lost')).toHaveCount(0);
  await expect(row(hers, 'changed after it')).toHaveCount(0);
  await expect(hers.getByRole('navigation').getByText('and lost')).toHaveCount(0);
  await expect(write).toHaveValue('a draft');
  await expect(row(hers, 'not sent yet')).toBeVisible();
  const stored = () =>
    call<components['schemas']['MessagePage']>(request, ben, 'get', `/rooms/${room}/messages`);
  await expect.poll(async () => (await stored()).items.length).toBe(2);
  const { items } = await stored();
  expect(items.map(({ body }) => body)).toEqual(['before the backup', 'not sent yet']);

  await say(request, ben, room, 'another history');
  await expect(row(hers, 'another history')).toBeVisible();
  await expect(hers.getByRole('log').getByRole('article')).toHaveCount(3);
  await request.dispose();
});
