import { expect, test, type Locator, type Page } from '@playwright/test';
import { aPerson, befriend, logIn, register, words, type Person } from './person';
import { row } from './two-friends';

/*
 * The whole journey of two strangers, through the pages alone: they register, find and befriend each other, talk, see how it was meant, and find
 * everything again after a reload and after logging in anew. Once with two Koreans, once with two English speakers.
 */
const talk = {
  ko: {
    composer: '메시지 쓰기',
    begins: '먼저 인사해 보세요',
    looking: '이 대화를 보고 있어요',
    chats: /^대화/,
    reading: /^감정 읽기: 기쁨, /,
    why: '왜 이렇게 읽었나요?',
    unread: '안 읽은 메시지 1개',
    notRead: '아직 1명이 읽지 않았어요',
    hello: '안녕! 어제 도와줘서 정말 고마워, 너무 행복해!',
    answer: '나도 즐거웠어. 또 보자!',
    later: '잘 자, 내일 봐',
  },
  en: {
    composer: 'Write a message',
    begins: 'Say hello',
    looking: 'Looking at this chat',
    chats: /^Chats/,
    reading: /^Reading: joy, /,
    why: 'Why this reading?',
    unread: '1 unread message',
    notRead: 'Not read by 1 person yet',
    hello: 'Hi! Thank you so much for your help yesterday, I am so happy!',
    answer: 'I loved it, too. See you again!',
    later: 'Good night, see you tomorrow',
  },
} as const;

for (const language of ['ko', 'en'] as const) {
  test(`two strangers become friends and understand each other (${language})`, async ({
    browser,
  }) => {
    test.slow();
    const say = talk[language];
    const one = await aPerson(browser, language === 'ko' ? '민지' : 'Amy', language);
    const two = await aPerson(browser, language === 'ko' ? '지호' : 'Ben', language);
    await register(one, language);
    await register(two, language);
    await befriend(one, language, two, language);

    // The second one writes first; the first one sees the badge and opens the conversation from the list.
    await two.page.getByRole('button', { name: words[language].message(one.nickname) }).click();
    await expect(two.page.getByText(say.begins)).toBeVisible();
    await write(two.page, say.composer, say.hello);
    await expect(row(two.page, say.hello)).toContainText(say.notRead);
    const chats = one.page.getByRole('navigation').getByRole('link', { name: say.chats });
    await expect(chats).toContainText(say.unread);
    await chats.click();
    await one.page.getByRole('link', { name: new RegExp(two.nickname) }).click();

    const hello = row(one.page, say.hello);
    await understand(one.page, hello, say);
    await expect(row(two.page, say.hello)).not.toContainText(say.notRead);
    await expect(chats).not.toContainText(say.unread);
    await expect(two.page.getByText(say.looking)).toBeVisible();

    await write(one.page, say.composer, say.answer);
    await expect(row(two.page, say.answer)).toBeVisible();
    await comeBack(one, two, say, language);
  });
}

type Talk = (typeof talk)[keyof typeof talk];

async function write(page: Page, composer: string, text: string) {
  await page.getByPlaceholder(composer).fill(text);
  await page.keyboard.press('Enter');
}

/** The reading stands beside the message, and says which words carry it. */
async function understand(page: Page, message: Locator, say: Talk) {
  const chip = message.getByRole('button', { name: say.reading });
  await expect(chip).toBeVisible();
  await chip.click();
  await expect(page.getByRole('dialog', { name: say.why })).toBeVisible();
  await expect(message.locator('mark').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(message.locator('mark')).toHaveCount(0);
}

/** Everything is there after a closed tab and after logging in on another device. */
async function comeBack(one: Person, two: Person, say: Talk, language: 'ko' | 'en') {
  const address = one.page.url();
  await one.page.close();
  await write(two.page, say.composer, say.later);
  one.page = await one.context.newPage();
  await one.page.goto('/chats');
  const link = one.page.getByRole('navigation').getByRole('link', { name: say.chats });
  await expect(link).toContainText(say.unread);
  await one.page.goto(address);
  for (const text of [say.hello, say.answer, say.later]) {
    await expect(row(one.page, text)).toHaveCount(1);
  }

  const device = await one.context.browser()?.newContext({ locale: language });
  if (!device) throw new Error('the browser is gone');
  const again = { ...one, context: device, page: await device.newPage() };
  await logIn(again, language);
  await again.page.goto(address);
  await expect(row(again.page, say.hello).getByRole('button', { name: say.reading })).toBeVisible();
  await expect(row(again.page, say.later)).toBeVisible();
}
