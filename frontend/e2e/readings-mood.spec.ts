import { expect, test } from '@playwright/test';
import { open, row, say, twoFriends } from './two-friends';

/*
 * What was missed is told when somebody asks, and leads to a message; how the conversation felt shows what was said; a week of one's own can
 * be looked back on. On the real server, with its own engine.
 */
test('what was missed leads to a message, and the mood shows what was said', async ({
  browser,
  request,
}) => {
  test.slow();
  const { minji, ben, room } = await twoFriends(request);
  const thanks = 'Thank you so much, I am so happy!';
  await say(request, minji, room, '정말 고마워, 너무 행복해!');
  await say(request, ben, room, thanks);
  for (let i = 0; i < 30; i++) await say(request, ben, room, `line ${i}`);
  await say(request, ben, room, thanks);

  const page = await open(browser, minji, `/rooms/${room}`, { width: 390, height: 844 });
  await page.getByRole('button', { name: /^새 메시지 \d+개, 어떤 분위기였을까요/ }).click();
  const told = page.getByRole('dialog', { name: '어떤 분위기였을까요?' });
  await expect(told.getByText('못 본 메시지 32개를 모았어요.')).toBeVisible();
  const glad = told.getByRole('link', { name: `${ben.nickname} 님: ${thanks}` });
  await expect(glad).toHaveCount(2);
  await glad.last().click();
  await expect(told).toBeHidden();
  await expect(row(page, thanks)).toBeInViewport();
  await expect(page.locator('html')).toHaveAttribute('data-flashed', /Thank you/);

  await page.getByRole('link', { name: '이 대화의 분위기' }).click();
  const all = page.getByRole('list', { name: '모두 더하면' });
  await expect(all.getByRole('listitem').filter({ hasText: '기쁨' })).toBeVisible();
  const slider = page.getByRole('slider', { name: '차트 살펴보기' });
  await expect(slider).toHaveAttribute('aria-valuetext', /: 기쁨 \d+개/);
  const today = await slider.getAttribute('aria-valuetext');
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuetext', /: 읽은 것이 없어요$/);
  const box = await slider.boundingBox();
  await slider.tap({ position: { x: (box?.width ?? 0) - 4, y: 20 } });
  await expect(slider).toHaveAttribute('aria-valuetext', today ?? '');
  await page.getByRole('link', { name: '대화로 돌아가기' }).click();
  await expect(page.getByRole('log')).toBeVisible();

  await page.goto('/me/reflection');
  await expect(page.getByText(/^메시지를 1개 썼어요/)).toBeVisible();
});
