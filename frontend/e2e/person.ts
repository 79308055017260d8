import { expect, type Browser, type BrowserContext, type Page } from '@playwright/test';

type Language = 'ko' | 'en';

/** Somebody with a browser of their own. */
export interface Person {
  nickname: string;
  email: string;
  password: string;
  context: BrowserContext;
  page: Page;
}

/** The few words the journeys look for, in both languages. */
export const words = {
  ko: {
    start: '새로 시작하기',
    email: '이메일',
    nickname: '닉네임',
    password: '비밀번호',
    consent: '네, 읽어도 돼요',
    submit: '시작하기',
    login: '로그인',
    skip: '건너뛰기',
    noChats: '아직 대화가 없어요',
    find: '닉네임이나 이메일',
    add: (name: string) => `${name} 님에게 친구 요청`,
    accept: (name: string) => `${name} 님의 요청 수락`,
    message: (name: string) => `${name} 님에게 메시지 보내기`,
    manage: (name: string) => `${name} 님 관리`,
    block: '차단',
    logout: '로그아웃',
  },
  en: {
    start: 'Create an account',
    email: 'E-mail',
    nickname: 'Nickname',
    password: 'Password',
    consent: 'Yes, you may',
    submit: 'Get started',
    login: 'Log in',
    skip: 'Skip',
    noChats: 'No chats yet',
    find: 'Nickname or e-mail',
    add: (name: string) => `Add ${name} as a friend`,
    accept: (name: string) => `Accept ${name}`,
    message: (name: string) => `Message ${name}`,
    manage: (name: string) => `Manage ${name}`,
    block: 'Block',
    logout: 'Log out',
  },
} as const;

/** Opens a browser of their own for somebody new, without an account yet. */
export async function aPerson(browser: Browser, name: string, language: Language): Promise<Person> {
  const context = await browser.newContext({ locale: language === 'ko' ? 'ko-KR' : 'en-US' });
  const mark = crypto.randomUUID().slice(0, 8);
  return {
    nickname: `${name}${mark}`,
    email: `${mark}@example.org`,
    password: `correct horse ${mark}`,
    context,
    page: await context.newPage(),
  };
}

/** Registers through the pages, past the first cards, up to the empty list of chats. */
export async function register(person: Person, language: Language): Promise<void> {
  const { page } = person;
  const say = words[language];
  await page.goto('/');
  await page.getByRole('link', { name: say.start }).click();
  await page.getByLabel(say.email, { exact: true }).fill(person.email);
  await page.getByLabel(say.nickname, { exact: true }).fill(person.nickname);
  await page.getByLabel(say.password, { exact: true }).fill(person.password);
  await page.getByRole('radio', { name: say.consent }).check();
  await page.getByRole('button', { name: say.submit }).click();
  await page.getByRole('dialog').getByRole('button', { name: say.skip }).click();
  await expect(page.getByText(say.noChats)).toBeVisible();
}

/** Logs in through the form, up to the shell. */
export async function logIn({ page, email, password }: Person, language: Language): Promise<void> {
  const say = words[language];
  await page.goto('/login');
  await page.getByLabel(say.email, { exact: true }).fill(email);
  await page.getByLabel(say.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: say.login, exact: true }).click();
  await expect(page.getByRole('navigation').first()).toBeVisible();
}

/** One asks, the other accepts; both through the pages. */
export async function befriend(
  one: Person,
  oneSpeaks: Language,
  two: Person,
  twoSpeaks: Language,
): Promise<void> {
  await one.page.goto('/friends/find');
  await one.page.getByLabel(words[oneSpeaks].find).fill(two.nickname);
  await one.page.getByRole('button', { name: words[oneSpeaks].add(two.nickname) }).click();
  await two.page.goto('/friends/requests');
  await two.page.getByRole('button', { name: words[twoSpeaks].accept(one.nickname) }).click();
  await expect(
    two.page.getByRole('button', { name: words[twoSpeaks].message(one.nickname) }),
  ).toBeVisible();
}
