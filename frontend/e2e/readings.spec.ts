import { expect, test, type Page } from '@playwright/test';
import { open, row, say, twoFriends } from './two-friends';

const phone = { width: 390, height: 844 };
const chip = (page: Page, text: string) =>
  row(page, text).getByRole('button', { name: /^(감정 읽기|Reading):/ });

/** What the chip says, without what every chip says. */
async function wordsOf(page: Page, text: string): Promise<string> {
  const name = await chip(page, text).getAttribute('aria-label');
  return (name ?? '').replace(/^감정 읽기: (.*)\. 왜 그런지 보기$/, '$1');
}

/** Whether messages are read in the room of two, chosen by one of them. */
async function choose(page: Page, choice: 'Yes' | 'No') {
  await page.getByRole('button', { name: 'Readings in this chat' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: choice, exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await expect(dialog.getByRole('radio', { name: choice, exact: true })).toBeChecked();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
}

test('an author says what was meant, drafts get a hint, and a room can do without readings', async ({
  browser,
  request,
}) => {
  test.slow();
  const { minji, ben, room } = await twoFriends(request);
  await say(request, ben, room, 'Thank you so much, I am really happy!');
  await say(request, minji, room, '와, 정말 고마워. 너무 행복하다');
  const mine = await open(browser, minji, `/rooms/${room}`, phone);
  const theirs = await open(browser, ben, `/rooms/${room}`);

  // Everybody is told once that messages are read here.
  const notice = mine.getByRole('complementary', { name: '이 대화의 감정 읽기' });
  await expect(notice).toContainText('이 서버 안에서만');
  await notice.getByRole('button', { name: '알겠어요' }).tap();
  await expect(notice).toBeHidden();

  // Two presses put the author's word in the place of the guess, on both screens.
  await expect(chip(theirs, '행복하다')).toHaveAccessibleName(/^Reading: joy/);
  const guess = await wordsOf(mine, '행복하다');
  await chip(mine, '행복하다').tap();
  await mine.getByRole('button', { name: '화남', exact: true }).tap();
  await expect(chip(theirs, '행복하다')).toHaveAccessibleName(
    'Reading: anger, said by the author. Why?',
  );
  await expect(chip(mine, '행복하다')).toHaveAccessibleName(/^감정 읽기: 화남, 내가 한 말/);
  await mine.getByRole('button', { name: '짜증', exact: true }).tap();
  await expect(mine.getByRole('button', { name: '짜증', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await mine.reload();
  await expect(row(mine, '행복하다')).toBeVisible();
  await expect(notice).toBeHidden();
  await expect(chip(mine, '행복하다')).toHaveAccessibleName(/^감정 읽기: 화남, 내가 한 말/);
  await chip(mine, '행복하다').tap();
  await mine.getByRole('button', { name: '내 말 거두기' }).tap();
  await expect(chip(theirs, '행복하다')).toHaveAccessibleName(/^Reading: joy, (?!said)/);
  await expect.poll(() => wordsOf(mine, '행복하다')).toBe(guess);
  await mine.keyboard.press('Escape');

  // A draft reads as it will when it is sent.
  const composer = mine.getByRole('textbox', { name: 'Ben 님에게 보낼 메시지' });
  const hint = mine.locator('#composer-hint');
  const before = await composer.boundingBox();
  await composer.fill('진짜 화난다. 너무 짜증나!');
  await expect(hint).toContainText('이렇게 읽힐 수 있어요');
  const read = ((await hint.textContent()) ?? '').replace('이렇게 읽힐 수 있어요: ', '').trim();
  expect((await composer.boundingBox())?.y).toBe(before?.y);
  await composer.press('Enter');
  await expect(hint).toBeEmpty();
  await expect(chip(mine, '화난다')).toBeVisible();
  expect(await wordsOf(mine, '화난다')).toBe(read);

  // Either of two switches readings off for both; what was read before goes away at once, and nothing is read any more.
  await choose(theirs, 'No');
  const log = mine.getByRole('log');
  await expect(log.getByText('Ben 님이 이 방의 감정 읽기를 껐어요')).toBeVisible();
  for (const page of [mine, theirs]) await expect(chip(page, '')).toHaveCount(0);
  const asked: string[] = [];
  mine.on('request', (one) => asked.push(new URL(one.url()).pathname));
  await composer.fill('이건 아무도 안 읽지?');
  await composer.press('Enter');
  await expect(row(theirs, '안 읽지')).toBeVisible();
  await expect(chip(theirs, '')).toHaveCount(0);
  expect(asked).not.toContain('/api/v1/emotion/preview');

  // On again, earlier readings are back; what was written meanwhile has none.
  await choose(theirs, 'Yes');
  for (const page of [mine, theirs]) {
    await expect(chip(page, '행복하다')).toBeVisible();
    await expect(chip(page, '안 읽지')).toHaveCount(0);
  }
  await expect(notice).toBeVisible(); // It is news again.

  // The whole way to an author's word needs no mouse.
  await theirs.getByRole('textbox', { name: 'Message to 민지' }).fill('I am so glad!');
  await theirs.keyboard.press('Enter');
  await expect(chip(theirs, 'so glad')).toBeVisible();
  await theirs.keyboard.press('Shift+Tab');
  await expect(chip(theirs, 'so glad')).toBeFocused();
  await theirs.keyboard.press('Enter');
  await expect(theirs.getByRole('button', { name: 'joy', exact: true })).toBeVisible();
  await theirs.keyboard.press('Tab');
  await theirs.keyboard.press('Tab');
  await theirs.keyboard.press('Enter');
  await theirs.keyboard.press('Escape');
  await expect(chip(theirs, 'so glad')).toBeFocused();
  await expect(chip(mine, 'so glad')).toHaveAccessibleName(/^감정 읽기: 슬픔, 쓴 사람의 말/);
});
