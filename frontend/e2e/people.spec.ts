import { expect, test } from '@playwright/test';
import { aPerson, befriend, logIn, register, words } from './person';

test('two strangers, one Korean and one English, become friends and see each other online', async ({
  browser,
}) => {
  const minji = await aPerson(browser, '민지', 'ko');
  const ben = await aPerson(browser, 'Ben', 'en');
  await register(minji, 'ko');
  await register(ben, 'en');
  await befriend(minji, 'ko', ben, 'en');

  // Minji's page learns of it by itself, and both see the other's dot.
  await minji.page.getByRole('link', { name: '친구', exact: true }).click();
  const row = minji.page.getByRole('button', { name: words.ko.message(ben.nickname) });
  await expect(row.getByRole('img', { name: '접속 중' })).toBeVisible();
  await expect(
    ben.page
      .getByRole('button', { name: words.en.message(minji.nickname) })
      .getByRole('img', { name: 'Online' }),
  ).toBeVisible();

  await row.click();
  await expect(minji.page).toHaveURL(/\/rooms\/\d+$/);
});

test('an exact e-mail finds somebody, a part of it does not', async ({ browser }) => {
  const minji = await aPerson(browser, '민지', 'ko');
  const ben = await aPerson(browser, 'Ben', 'en');
  await register(minji, 'ko');
  await register(ben, 'en');
  const { page } = minji;
  await page.goto('/friends/find');
  await page.getByLabel(words.ko.find).fill(ben.email.slice(0, -1));
  await expect(page.getByRole('status').getByText('찾지 못했어요')).toBeVisible();
  await page.getByLabel(words.ko.find).fill(ben.email);
  await expect(page.getByText(ben.nickname)).toBeVisible();
});

test('somebody blocked finds nobody and loses the friend', async ({ browser }) => {
  const minji = await aPerson(browser, '민지', 'ko');
  const ben = await aPerson(browser, 'Ben', 'en');
  await register(minji, 'ko');
  await register(ben, 'en');
  await befriend(minji, 'ko', ben, 'en');

  await minji.page.goto('/friends');
  await minji.page.getByRole('button', { name: words.ko.manage(ben.nickname) }).click();
  await minji.page.getByRole('menuitem', { name: words.ko.block }).click();
  await minji.page.getByRole('dialog').getByRole('button', { name: words.ko.block }).click();
  await expect(minji.page.getByText('아직 친구가 없어요')).toBeVisible();

  await expect(
    ben.page.getByRole('button', { name: words.en.message(minji.nickname) }),
  ).toBeHidden();
  await ben.page.goto('/friends/find');
  await ben.page.getByLabel(words.en.find).fill(minji.nickname);
  await expect(ben.page.getByText('Nobody was found')).toBeVisible();

  await minji.page.goto('/friends/blocked');
  await minji.page.getByRole('button', { name: `${ben.nickname} 님 차단 풀기` }).click();
  await expect(minji.page.getByText('차단한 사람이 없어요')).toBeVisible();
});

test('a session outlives reloads, also hasty ones and several tabs at once', async ({
  browser,
}) => {
  const minji = await aPerson(browser, '민지', 'ko');
  await register(minji, 'ko');
  const { page, context } = minji;
  for (let hasty = 0; hasty < 4; hasty += 1) {
    await page.evaluate(() => location.reload()).catch(() => undefined); // The page may be gone before it answers.
  }
  const others = await Promise.all([1, 2, 3].map(() => context.newPage()));
  await Promise.all(others.map((other) => other.goto('/chats')));
  for (const tab of [page, ...others]) await expect(tab.getByText(words.ko.noChats)).toBeVisible();
});

test('logging out in one tab logs out the others', async ({ browser }) => {
  const minji = await aPerson(browser, '민지', 'ko');
  await register(minji, 'ko');
  const other = await minji.context.newPage();
  await other.goto('/friends');
  await expect(other.getByText('아직 친구가 없어요')).toBeVisible();
  await minji.page.goto('/me');
  await minji.page.getByRole('button', { name: words.ko.logout }).click();
  for (const tab of [minji.page, other]) {
    await expect(tab.getByRole('link', { name: words.ko.start })).toBeVisible();
  }
  await other.goto('/me/profile');
  await expect(other).toHaveURL(/\/login\?next=/);
});

test('a device that is logged out from afar is out at once', async ({ browser }) => {
  const minji = await aPerson(browser, '민지', 'ko');
  await register(minji, 'ko');
  const laptop = { ...minji, context: await browser.newContext(), page: minji.page };
  laptop.page = await laptop.context.newPage();
  await logIn(laptop, 'ko');
  await laptop.page.goto('/me/sessions');
  await laptop.page
    .getByRole('main')
    .getByRole('button', { name: /Linux.*로그아웃/ })
    .click();
  await expect(minji.page).toHaveURL(/\/login/);
  await expect(minji.page.getByRole('alert')).toContainText('로그인이 끝났어요');
});

test('a wrong password is told apart from nothing', async ({ browser }) => {
  const minji = await aPerson(browser, '민지', 'ko');
  const { page } = minji;
  await page.goto('/login');
  await page.getByLabel(words.ko.email, { exact: true }).fill(minji.email);
  await page.getByLabel(words.ko.password, { exact: true }).fill('not the password');
  await page.getByRole('button', { name: words.ko.login, exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('이메일이나 비밀번호가 맞지 않아요.');
});

test('the language follows the account, the theme stays in the browser', async ({ browser }) => {
  const minji = await aPerson(browser, '민지', 'ko');
  await register(minji, 'ko');
  await minji.page.goto('/me/appearance');
  await minji.page.getByRole('radio', { name: 'English' }).check();
  await expect(minji.page.getByRole('heading', { name: 'Appearance and language' })).toBeVisible();
  await minji.page.getByRole('radio', { name: 'Dark' }).check();
  await expect(minji.page.locator('html')).toHaveAttribute('data-theme', 'dark');

  const phone = {
    ...minji,
    context: await browser.newContext({ locale: 'ko-KR' }),
    page: minji.page,
  };
  phone.page = await phone.context.newPage();
  await logIn(phone, 'ko');
  await expect(phone.page.getByText('No chats yet')).toBeVisible();
  await expect(phone.page.locator('html')).not.toHaveAttribute('data-theme');

  // And a browser that last spoke Korean speaks the account's English from the first page on.
  await phone.page.evaluate(() => localStorage.setItem('emosation.preferences', '{"locale":"ko"}'));
  await phone.page.reload();
  await expect(phone.page.getByRole('link', { name: 'Chats' })).toBeVisible();
});
