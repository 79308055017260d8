import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { call, goOffline, open, row, say, twoFriends, type Friends } from './two-friends';

/*
 * How the conversation looks and can be used without seeing it: in both languages and themes, on a phone and a desk, no serious finding of
 * axe, nothing wider than the window, and a picture in e2e/screenshots for people to look at.
 */
const everyLook = (['ko', 'en'] as const).flatMap((locale) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    ([1280, 390] as const).map((width) => ({ locale, theme, width })),
  ),
);
// Every language, theme and width is seen with every other one; E2E_PICTURES=all takes all combinations.
const looks =
  process.env.E2E_PICTURES === 'all'
    ? everyLook
    : ([
        { locale: 'ko', theme: 'light', width: 1280 },
        { locale: 'en', theme: 'dark', width: 1280 },
        { locale: 'ko', theme: 'dark', width: 390 },
        { locale: 'en', theme: 'light', width: 390 },
      ] as const);
const heightOf = { 1280: 900, 390: 844 };

async function aTalk(request: Parameters<typeof say>[0]): Promise<Friends> {
  const friends = await twoFriends(request);
  const { minji, ben, room } = friends;
  await say(request, minji, room, '안녕! 오늘 발표 어땠어?');
  await say(request, ben, room, 'Oh, you know. It went fine, I guess.');
  const joy = await say(
    request,
    ben,
    room,
    'I am so happy that you came to see it! Thank you so much 😀',
  );
  await say(request, minji, room, '정말 고마워 ㅠㅠ 나도 너무 좋았어');
  const rude = await say(request, minji, room, '근데 솔직히 그 질문한 사람 너무 무례해서 화났어');
  await say(request, ben, room, 'Yes, that made me really angry too.', rude.seq);
  await call(
    request,
    minji,
    'put',
    `/rooms/${room}/messages/${joy.seq}/reactions/${encodeURIComponent('👍')}`,
  );
  await say(request, minji, room, '내일 시험인데 너무 무서워…');
  const wrong = await say(request, minji, room, '아 잘못 보냈다');
  await call(request, minji, 'delete', `/rooms/${room}/messages/${wrong.seq}`);
  await say(request, ben, room, 'Wow, I did not expect that! Already tomorrow?');
  return friends;
}

async function inspect(page: Page, name: string) {
  const found = await new AxeBuilder({ page }).setLegacyMode(true).analyze(); // There are no frames.
  const serious = found.violations.filter(
    ({ impact }) => impact === 'serious' || impact === 'critical',
  );
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n')}`),
  ).toEqual([]);
  const [wide, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(wide).toBeLessThanOrEqual(window);
  await page.screenshot({ path: `e2e/screenshots/${name}.png` });
}

for (const { locale, theme, width } of looks) {
  const mark = `${locale}-${theme}-${width}`;
  test(`the conversation is sound to look at and to hear (${mark})`, async ({
    browser,
    request,
  }) => {
    const { minji, ben, room } = await aTalk(request);
    const who = locale === 'ko' ? minji : ben;
    const page = await open(browser, who, `/rooms/${room}`, {
      width,
      height: heightOf[width],
      theme,
    });
    await expect(row(page, 'Already tomorrow?')).toBeInViewport();
    await inspect(page, `conversation-${mark}`);

    const chip = row(page, 'so happy that').getByRole('button', { name: /^(감정 읽기|Reading)/ });
    await chip.scrollIntoViewIfNeeded();
    await chip.click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await inspect(page, `conversation-why-${mark}`);
  });
}

const phone = { width: 390, height: 844 };

test('an empty, a missing and a lost conversation are sound as well', async ({
  browser,
  request,
}) => {
  const { minji, room } = await twoFriends(request);
  const page = await open(browser, minji, '/rooms/999999999', phone);
  await expect(page.getByRole('link', { name: '내 대화로 가기' })).toBeVisible();
  await inspect(page, 'conversation-missing-ko-light-390');
  await page.goto(`/rooms/${room}`);
  await expect(page.getByText('먼저 인사해 보세요')).toBeVisible();
  await inspect(page, 'conversation-empty-ko-light-390');
  await page.getByRole('textbox').fill('거기 있어?');
  await goOffline(page);
  await page.keyboard.press('Enter');
  await expect(page.getByText('메시지 1개가 기다리고 있어요.')).toBeVisible({ timeout: 15_000 });
  await inspect(page, 'conversation-offline-ko-light-390');
});

test('a conversation of former friends is sound as well', async ({ browser, request }) => {
  const { minji, ben, room } = await twoFriends(request);
  await say(request, minji, room, '잘 지내');
  await call(request, minji, 'delete', `/friends/${ben.id}`);
  const page = await open(browser, ben, `/rooms/${room}`, { ...phone, theme: 'dark' });
  await expect(page.getByRole('note')).toBeVisible();
  await inspect(page, 'conversation-former-en-dark-390');
});

test('everything can be done without a mouse', async ({ browser, request }) => {
  const { minji, ben, room } = await twoFriends(request);
  for (const text of ['one', 'two', '정말 고마워, 너무 행복해!'])
    await say(request, minji, room, text);
  const page = await open(browser, ben, `/rooms/${room}`);
  const composer = page.getByPlaceholder('Write a message');
  await expect(row(page, '고마워')).toBeVisible();
  await expect(composer).toBeFocused();

  // Back from the composer into the latest message, and through what can be done with it.
  await page.keyboard.press('Shift+Tab');
  const chip = row(page, '고마워').getByRole('button', { name: /^Reading/ });
  await expect(chip).toBeFocused();
  await expect(row(page, '고마워').locator('mark').first()).toBeVisible();
  await page.keyboard.press('Enter');
  const why = page.getByRole('dialog', { name: 'Why this reading?' });
  await expect(why).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(chip).toBeFocused();

  await page.keyboard.press('Shift+Tab'); // More
  await page.keyboard.press('Shift+Tab'); // Reply
  await page.keyboard.press('Shift+Tab'); // React
  await expect(row(page, '고마워').getByRole('button', { name: 'React' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter'); // ❤️
  await expect(row(page, '고마워').getByRole('button', { name: /❤️, 1, yours/ })).toBeVisible();

  // Walk up by arrow keys and answer the first message.
  await row(page, '고마워').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(row(page, 'one')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(row(page, 'one').getByRole('button', { name: 'Reply' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(composer).toBeFocused();
  await page.keyboard.type('answered');
  await page.keyboard.press('Enter');
  await expect(
    row(page, 'answered').getByRole('button', { name: 'Go to the message: one' }),
  ).toBeVisible();

  // Change it, take it back.
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Escape');
  await expect(composer).toHaveValue('');
  await row(page, 'answered').focus();
  await row(page, 'answered').getByRole('button', { name: 'More' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  const ask = page.getByRole('dialog', { name: 'Delete this message?' });
  await expect(ask).toBeVisible();
  await ask.getByRole('button', { name: 'Delete' }).focus();
  await page.keyboard.press('Enter');
  await expect(row(page, 'A deleted message')).toBeVisible();
  await page.keyboard.press('Alt+ArrowDown');
  await expect(page).toHaveURL(new RegExp(`/rooms/${room}`));
});

test('on a phone a tap shows what can be done, and the list leads back', async ({
  browser,
  request,
}) => {
  const { minji, ben, room } = await twoFriends(request);
  await say(request, minji, room, '저녁 먹었어?');
  const page = await open(browser, ben, '/chats', phone);
  await page.getByRole('link', { name: /민지/ }).tap();
  await expect(row(page, '저녁')).toBeVisible();
  await expect(page.getByRole('navigation')).toBeHidden();
  await expect(page.getByPlaceholder('Write a message')).not.toBeFocused();
  await row(page, '저녁').getByText('저녁 먹었어?').tap();
  await row(page, '저녁').getByRole('button', { name: 'Reply' }).tap();
  await page.keyboard.type('Not yet');
  await page.getByRole('button', { name: 'Send' }).tap();
  await expect(
    row(page, 'Not yet').getByRole('button', { name: 'Go to the message: 저녁 먹었어?' }),
  ).toBeVisible();
  await page.getByRole('link', { name: 'Back to chats' }).tap();
  await expect(page.getByRole('link', { name: /민지/ })).toContainText('You: Not yet');
});
