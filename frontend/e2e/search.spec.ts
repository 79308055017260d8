import { expect, test, type Page } from '@playwright/test';
import { call, open, row, say, twoFriends } from './two-friends';

const field = (page: Page) => page.locator('#pane input[type=search]');
const found = (page: Page) => page.getByRole('list', { name: '찾은 메시지' }).getByRole('link');

const toEnd = (page: Page) =>
  page.getByRole('button', { name: /^(가장 최근 메시지로|새 메시지 \d+개$)/ });

/** The message with these words is shown, and has flashed since the last time. */
async function expectAt(page: Page, words: string) {
  await expect(row(page, words)).toBeInViewport();
  const html = page.locator('html');
  await expect(html).toHaveAttribute('data-flashed', new RegExp(words));
  await html.evaluate((element) => delete element.dataset.flashed);
}

test('what was said long ago is found by a part of a word, and gone to, and not found once it is changed', async ({
  browser,
  request,
}) => {
  test.slow();
  const { minji, ben, room } = await twoFriends(request);
  const noodles = await say(request, ben, room, '오늘 점심은 메밀국수 어때? 😀');
  const report = await say(request, minji, room, 'The quarterly REPORT is ready');
  for (let i = 0; i < 12; i++) {
    await Promise.all(
      Array.from({ length: 10 }, (_, k) => say(request, ben, room, `line ${i * 10 + k}`)),
    );
  }

  // At the desk: by keyboard, from the list, while the conversation stands at its end.
  const desk = await open(browser, minji, `/rooms/${room}`);
  await expect(desk.getByRole('log').getByRole('article').last()).toBeVisible();
  await desk.keyboard.press('Control+k');
  await expect(field(desk)).toBeFocused();
  await desk.keyboard.type('국수');
  await expect(found(desk)).toHaveCount(1);
  await expect(found(desk).locator('mark')).toHaveText('국수');
  await desk.keyboard.press('ArrowDown');
  await desk.keyboard.press('Enter');
  await expect(desk).toHaveURL(new RegExp(`/rooms/${room}\\?.*at=${noodles.seq}`));
  await expectAt(desk, '메밀국수');

  // Another search in the same conversation, which is shown elsewhere by then.
  await toEnd(desk).click();
  await expect(desk.getByRole('log').getByRole('article').last()).toBeInViewport();
  await desk.getByRole('button', { name: '이 대화에서 찾기' }).click();
  await desk.keyboard.type('repor');
  await expect(found(desk).locator('mark')).toHaveText(/repor/i);
  await found(desk).click();
  await expectAt(desk, 'quarterly');
  await toEnd(desk).click();
  await expect(desk.getByRole('log').getByRole('article').last()).toBeInViewport();
  await found(desk).click(); // The same one once more.
  await expectAt(desk, 'quarterly');

  // What is not said any more is not found any more, also in the list that is open.
  await call(request, minji, 'patch', `/rooms/${room}/messages/${report.seq}`, {
    body: 'It is done',
  });
  await expect(desk.getByText('“repor” 검색 결과가 없어요')).toBeVisible();

  // On a phone the results are a page, and the way back leads to them.
  const phone = await open(browser, minji, '/chats', { width: 390, height: 844 });
  await field(phone).fill('메밀');
  await found(phone).tap();
  await expectAt(phone, '메밀국수');
  await phone.goBack();
  await expect(found(phone)).toBeVisible();
  await expect(field(phone)).toHaveValue('메밀');
  await call(request, ben, 'delete', `/rooms/${room}/messages/${noodles.seq}`);
  await expect(phone.getByText('“메밀” 검색 결과가 없어요')).toBeVisible();
  await desk.goto(`/rooms/${room}?at=${noodles.seq}`); // Somebody kept the address.
  await expectAt(desk, '지운 메시지예요');
});
