import { expect, test } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import { call, newPerson } from './two-friends';

type Schemas = components['schemas'];

/*
 * Somebody without an account opens the link of an invite: it waits while they create one, lets them in without the password, and its token
 * is in no address that the server is asked for.
 */
test('a stranger comes by an invite', async ({ page, request }) => {
  const minji = await newPerson(request, '민지', 'ko');
  const mark = crypto.randomUUID().slice(0, 8);
  const title = `별 보러 가요 ${mark}`;
  const room = await call<Schemas['Room']>(request, minji, 'post', '/rooms', {
    kind: 'group',
    title,
    capacity: 5,
    password: 'moonlight',
  });
  const { token } = await call<Schemas['Invite']>(
    request,
    minji,
    'post',
    `/rooms/${room.id}/invites`,
  );
  const asked: string[] = [];
  page.on('request', (one) => asked.push(one.url()));

  await page.goto(`/join#${token}`);
  await expect(page).toHaveURL(/\/login\?next=%2Fjoin$/);
  await page.getByRole('link', { name: '새로 시작하기' }).click();
  await expect(page.getByRole('heading', { name: '만나서 반가워요' })).toBeVisible(); // Both pages ask for an e-mail.
  await page.getByLabel('이메일', { exact: true }).fill(`${mark}@example.org`);
  await page.getByLabel('닉네임', { exact: true }).fill('소라');
  await page.getByLabel('비밀번호', { exact: true }).fill(`correct horse ${mark}`);
  await page.getByRole('radio', { name: '네, 읽어도 돼요' }).check();
  await page.getByRole('button', { name: '시작하기' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '건너뛰기' }).click();

  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await page.reload(); // The invite outlives the page.
  await page.getByRole('button', { name: '들어가기', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/rooms/${room.id}$`));
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  expect(asked.filter((url) => url.includes(token))).toEqual([]);
});
