import { expect, test, type APIRequestContext } from '@playwright/test';
import { aPerson, logIn, register, words } from './person';
import { theAdmin } from './rooms';
import { call, newPerson, open, row, say, twoFriends } from './two-friends';

/*
 * How people get back into their account, how they leave it for good, and how the operator tells them something.
 */

/** The link in the last mail to somebody, without the site before it: where the server is reached from is the operator's to say. */
async function mailedLink(request: APIRequestContext, email: string, path: string) {
  const url = `${process.env.E2E_MAILS_URL}?to=${encodeURIComponent(email)}`;
  let link: string | undefined;
  await expect(async () => {
    const mails = (await (await request.get(url)).json()) as { text: string }[];
    const links = mails.flatMap(({ text }) => text.match(/\/[a-z]+#token=\S+/g) ?? []);
    link = links.findLast((one) => one.startsWith(`${path}#`));
    expect(link).toBeDefined();
  }).toPass();
  return link ?? '';
}

test('a mailed link proves the e-mail, another one sets a new password, each once', async ({
  browser,
  request,
}) => {
  test.slow();
  const minji = await aPerson(browser, '민지', 'ko');
  await register(minji, 'ko');
  const { page } = minji;
  await page.goto('/me/profile');
  await expect(page.getByText('아직 확인하지 않은 이메일이에요')).toBeVisible();
  await page.goto(await mailedLink(request, minji.email, '/verify'));
  await expect(page.getByRole('heading', { name: '이메일을 확인했어요' })).toBeVisible();
  await page.getByRole('link', { name: '프로필로 가기' }).click();
  await expect(page.getByLabel(words.ko.nickname)).toBeVisible();
  await expect(page.getByText('아직 확인하지 않은 이메일이에요')).toBeHidden();

  const forgetful = { ...minji, context: await browser.newContext({ locale: 'ko-KR' }), page };
  forgetful.page = await forgetful.context.newPage();
  await forgetful.page.goto('/login');
  await forgetful.page.getByRole('link', { name: '비밀번호를 잊었나요?' }).click();
  await expect(forgetful.page.getByRole('heading', { name: '비밀번호를 잊었나요?' })).toBeVisible();
  await forgetful.page.getByLabel(words.ko.email, { exact: true }).fill(minji.email);
  await forgetful.page.getByRole('button', { name: '링크 받기' }).click();
  await expect(forgetful.page.getByRole('heading', { name: '메일을 확인해 주세요' })).toBeVisible();
  const link = await mailedLink(request, minji.email, '/reset');
  await forgetful.page.goto(link);
  await expect(forgetful.page).toHaveURL(/\/reset$/);
  forgetful.password = 'another horse battery';
  await forgetful.page.getByLabel('새 비밀번호', { exact: true }).fill(forgetful.password);
  await forgetful.page.getByRole('button', { name: '비밀번호 바꾸기' }).click();
  await expect(forgetful.page).toHaveURL(/\/login/);
  await expect(page).toHaveURL(/\/login/); // Every session has ended.
  await logIn(forgetful, 'ko');

  await page.goto(link);
  await page.getByLabel('새 비밀번호', { exact: true }).fill('a thief of letters');
  await page.getByRole('button', { name: '비밀번호 바꾸기' }).click();
  await expect(page.getByRole('heading', { name: '이 링크는 쓸 수 없어요' })).toBeVisible();
});

test('whoever deletes their account is gone at once for those they talked with', async ({
  browser,
  request,
}) => {
  test.slow();
  const { minji, ben, room } = await twoFriends(request);
  await say(request, ben, room, 'see you some day');
  const hers = await open(browser, minji, `/rooms/${room}`);
  await expect(row(hers, 'see you some day')).toBeVisible();
  const his = await open(browser, ben, '/me/data');
  const tab = await his.context().newPage();
  await tab.goto('/chats');
  await expect(tab.getByRole('link', { name: /민지/ })).toBeVisible();

  const download = his.waitForEvent('download');
  await his.getByRole('button', { name: 'Download' }).click();
  expect((await download).suggestedFilename()).toBe('emosation.json');
  await his.getByRole('radio', { name: 'Keep them' }).check();
  await his.getByRole('button', { name: 'Delete my account' }).click();
  await his.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await his.getByRole('button', { name: 'Go on' }).click();
  await expect(his.getByRole('heading', { name: 'Thank you for being here' })).toBeVisible();
  await expect(his.getByText(/Until .+ an admin can bring it back/)).toBeVisible();

  await expect(hers.getByRole('heading', { name: '떠난 사용자', level: 1 })).toBeVisible();
  await expect(hers.getByRole('article', { name: /^떠난 사용자/ })).toContainText(
    'see you some day',
  );
  await expect(hers.getByText('읽기만 할 수 있어요').first()).toBeVisible();
  await expect(tab).toHaveURL(/\/(login.*)?$/);
  await his.goto('/chats');
  await expect(his).toHaveURL(/\/login/);
  await his.getByLabel('E-mail').fill(ben.email);
  await his.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await his.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(his.getByRole('alert')).toContainText('is not right');
});

test('an announcement comes at once to every tab, and is kept', async ({ browser, request }) => {
  // Only admins are told, so that nobody in another test is interrupted.
  const admin = await theAdmin(request);
  const minji = await newPerson(request, '민지', 'ko');
  const { E2E_ADMIN_PASSWORD: password } = process.env;
  await call(request, admin, 'post', '/auth/reauthentication', { password });
  await call(request, admin, 'put', `/admin/users/${minji.id}/role`, { role: 'admin' });
  const page = await open(browser, minji, '/me', { width: 390, height: 844 });
  const tab = await page.context().newPage();
  for (const one of [page, tab]) {
    await one.goto('/me');
    await expect(one.getByRole('navigation', { name: '나' })).toBeVisible();
  }

  const title = `점검 안내 ${crypto.randomUUID().slice(0, 8)}`;
  await call(request, admin, 'post', '/admin/announcements', {
    title,
    body: '일요일 두 시에\n잠시 쉬어요.',
    audience: { role: 'admin', locale: 'ko' },
  });
  const notice = (on: typeof page) => on.getByRole('complementary').filter({ hasText: title });
  await expect(notice(tab)).toBeVisible();
  await notice(page).getByRole('button', { name: '읽었어요' }).click();
  await expect(notice(page)).toBeHidden();
  await expect(notice(tab)).toBeHidden();

  await tab.reload();
  await tab.getByRole('link', { name: /^공지/ }).click();
  await expect(tab.getByRole('article', { name: title })).toContainText('잠시 쉬어요.');
  await expect(notice(tab)).toBeHidden(); // Once is enough.
});
