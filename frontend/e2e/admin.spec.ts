import { expect, test, type APIRequestContext, type Browser, type Page } from '@playwright/test';
import { theAdmin } from './rooms';
import { call, newPerson, open, type Person } from './two-friends';

/*
 * What an operator does, through the pages for admins, in Korean; the people it concerns use English.
 */
const { E2E_ADMIN_PASSWORD: password = '' } = process.env;

/** A browser of the operator's own, at one of their pages. */
async function operate(browser: Browser, path: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'ko-KR' });
  const data = { email: process.env.E2E_ADMIN_EMAIL, password };
  const login = await context.request.post('/api/v1/auth/login', { data });
  expect(login.ok(), await login.text()).toBe(true);
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

/** Says in the dialog on top what it asks for, and goes on. */
async function confirm(page: Page, action: string) {
  await page.getByRole('dialog').last().getByRole('button', { name: action, exact: true }).click();
}

/** The password, which is asked once in five minutes. */
async function prove(page: Page) {
  await page.getByRole('dialog').last().getByLabel('비밀번호', { exact: true }).fill(password);
  await confirm(page, '계속하기');
}

async function findPerson(page: Page, { nickname }: Person) {
  await page.getByRole('searchbox').fill(nickname);
  await page.getByRole('table', { name: '계정' }).getByRole('link', { name: nickname }).click();
  await expect(page.getByRole('heading', { name: nickname, level: 1 })).toBeVisible();
}

function tryToLogIn(request: APIRequestContext, { email }: Person, secret: string) {
  return request.post('/api/v1/auth/login', { data: { email, password: secret } });
}

test('an account is closed at once, and restored with a temporary password', async ({
  browser,
  request,
}) => {
  test.slow();
  const ben = await newPerson(request, `Ben${crypto.randomUUID().slice(0, 8)}`, 'en');
  const his = await open(browser, ben, '/chats');
  await expect(his.getByText('No chats yet')).toBeVisible();
  const page = await operate(browser, '/admin/users?state=active');

  await findPerson(page, ben);
  await expect(page.getByRole('button', { name: '모두 끝내기' })).toBeVisible();
  await page.getByRole('button', { name: '계정 닫기' }).click();
  await page.getByLabel('까닭').fill('부탁받았어요');
  await confirm(page, '계정 닫기');
  await prove(page);
  await expect(page.getByText('까닭: 부탁받았어요')).toBeVisible();
  await expect(his).toHaveURL(/\/login/);
  expect((await tryToLogIn(request, ben, 'correct horse battery')).status()).toBe(401);

  await page.getByRole('button', { name: '계정 되살리기' }).click();
  await page.getByRole('radio', { name: '임시 비밀번호로' }).check();
  await confirm(page, '계정 되살리기'); // The password was proven a moment ago.
  const secret = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
  await confirm(page, '받아 적었어요');
  await expect(page.getByText(/새 비밀번호를 정하기를 기다려요/)).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  await his.getByLabel('E-mail').fill(ben.email);
  await his.getByLabel('Password', { exact: true }).fill(secret);
  await his.getByRole('button', { name: 'Log in', exact: true }).click();
  await his.getByLabel('New password', { exact: true }).fill('a new horse battery');
  await his.getByRole('button', { name: 'Set it and log in' }).click();
  await expect(his.getByText('No chats yet')).toBeVisible();
  expect((await tryToLogIn(request, ben, secret)).status()).toBe(401); // It worked once.

  await page.goto(`/admin/audit?targetType=user&targetId=${ben.id}`);
  const log = page.getByRole('table', { name: '기록' });
  await expect(log.getByText(`${ben.id}번 계정을 되살렸어요`)).toBeVisible();
  await expect(log.getByText('상태: 쓰는 중 → 닫힘')).toBeVisible();
  await expect(log.getByText(/살펴봤어요/).first()).toBeVisible();
});

test('what is announced reaches whom it is for, until it is withdrawn', async ({
  browser,
  request,
}) => {
  // Only admins are told, so that nobody in another test is interrupted.
  const admin = await theAdmin(request);
  const ada = await newPerson(request, 'Ada', 'en');
  await call(request, admin, 'post', '/auth/reauthentication', { password });
  await call(request, admin, 'put', `/admin/users/${ada.id}/role`, { role: 'admin' });
  const title = `Ten quiet minutes ${crypto.randomUUID().slice(0, 8)}`;
  const hers = await open(browser, ada, '/chats', { width: 390, height: 844 });
  await expect(hers.getByText('No chats yet')).toBeVisible();
  const page = await operate(browser, '/admin/announcements');

  await page.getByRole('button', { name: '공지하기' }).click();
  await page.getByLabel('제목').fill(title);
  await page.getByLabel('내용').fill('We will be away on Sunday at two.');
  await page.getByLabel('누구에게').selectOption('관리자만');
  await page.getByLabel('어떤 언어를').selectOption('영어');
  await confirm(page, '지금 공지하기');
  const card = page.getByRole('listitem').filter({ hasText: title });
  await expect(card.getByText('관리자만 · 영어')).toBeVisible();
  const notice = hers.getByRole('complementary').filter({ hasText: title });
  await notice.getByRole('button', { name: 'Got it' }).click();
  await expect(notice).toBeHidden();
  await expect(async () => {
    await page.reload();
    await expect(card.getByText('1명에게 닿았고 1명이 읽었어요')).toBeVisible({ timeout: 2000 });
  }).toPass();

  await card.getByRole('button', { name: `“${title}” 거두기` }).click();
  await confirm(page, '거두기');
  await prove(page);
  await expect(card.getByText('거둠', { exact: true })).toBeVisible();
  const listed = hers.waitForResponse('**/api/v1/announcements*');
  await hers.goto('/announcements');
  await listed;
  await expect(hers.getByRole('heading', { name: 'Announcements' })).toBeVisible();
  await expect(hers.getByText(title)).toBeHidden();
});

test('a store, its menu and a box come and go', async ({ browser }) => {
  const mark = crypto.randomUUID().slice(0, 8);
  const page = await operate(browser, '/admin/stores');
  await page.getByRole('button', { name: '가게 더하기' }).click();
  for (const [field, value] of [
    ['이름', `별빛 만두 ${mark}`],
    ['주소', '가온구 달빛로 77'],
    ['위도', '37.5'],
    ['경도', '127.01'],
    ['최소 주문 금액(원)', '8,000'],
    ['배달비(원)', '1000'],
  ] as const) {
    await page.getByLabel(field, { exact: true }).fill(value);
  }
  await page.getByLabel('음식 종류').selectOption('분식');
  await confirm(page, '더하기');
  await expect(page.getByRole('heading', { name: `별빛 만두 ${mark}`, level: 1 })).toBeVisible();

  await page.getByRole('button', { name: '음식 더하기' }).click();
  await page.getByLabel('갈래').fill('만두');
  await page.getByLabel('음식', { exact: true }).fill('고기만두');
  await page.getByLabel('가격(원)').fill('6000');
  await confirm(page, '더하기');
  const dish = page.getByRole('row', { name: '고기만두 만두 6,000원' });
  await expect(dish).toBeVisible();
  await dish.getByRole('button', { name: '고기만두 메뉴에서 내리기' }).click();
  await confirm(page, '내리기');
  await prove(page);
  await expect(dish).toBeHidden();

  await page.goto('/admin/boxes');
  await page.getByRole('button', { name: '보관함 더하기' }).click();
  for (const [field, value] of [
    ['이름', `별빛 보관함 ${mark}`],
    ['우편번호', '90101'],
    ['주소', '가온구 달빛로 78'],
    ['위도', '37.5'],
    ['경도', '127.01'],
  ] as const) {
    await page.getByLabel(field, { exact: true }).fill(value);
  }
  await confirm(page, '더하기');
  await page.getByRole('searchbox').fill(mark);
  const box = page.getByRole('row', { name: new RegExp(mark) });
  await expect(box.getByText('쓰는 중')).toBeVisible();
  const act = async (name: string) => {
    await box.getByRole('button').click();
    await page.getByRole('menuitem', { name }).click();
  };
  await act('새 열쇠 만들기');
  await confirm(page, '열쇠 만들기');
  await expect(page.getByRole('dialog').locator('code')).toHaveText(/\S{16,}/);
  await confirm(page, '받아 적었어요');
  await act('그만 쓰기');
  await confirm(page, '그만 쓰기');
  await expect(box.getByText('쓰지 않음')).toBeVisible();
});
