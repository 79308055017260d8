import { expect, type APIRequestContext, type Browser, type Page } from '@playwright/test';
import type { components } from '../src/api/schema.gen';

type Schemas = components['schemas'];

const password = 'correct horse battery';

/** Somebody with an account of their own on the real server. */
export interface Person {
  id: number;
  email: string;
  nickname: string;
  locale: 'ko' | 'en';
  token: string;
}

let made = 0;

/** Registers somebody new. */
export async function newPerson(
  request: APIRequestContext,
  nickname: string,
  locale: 'ko' | 'en',
): Promise<Person> {
  const email = `e2e-${Date.now().toString(36)}-${process.pid}-${++made}@example.org`;
  const registered = await request.post('/api/v1/auth/register', {
    data: { email, password, nickname, locale, emotionConsent: true },
  });
  expect(registered.status(), await registered.text()).toBe(201);
  const login = await request.post('/api/v1/auth/login', {
    data: { email, password, tokenDelivery: 'body' },
  });
  const tokens = (await login.json()) as Schemas['Tokens'];
  return { id: tokens.user.id, email, nickname, locale, token: tokens.accessToken };
}

/** Calls the API as somebody; fails the test when it is refused. */
export async function call<T>(
  request: APIRequestContext,
  who: Person,
  method: 'get' | 'post' | 'put' | 'delete' | 'patch',
  path: string,
  data?: object,
): Promise<T> {
  const answer = await request[method](`/api/v1${path}`, {
    headers: { Authorization: `Bearer ${who.token}` },
    ...(data && { data }),
  });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return (answer.status() === 204 ? undefined : await answer.json()) as T;
}

export interface Friends {
  minji: Person;
  ben: Person;
  room: number;
}

/** Two new people who are friends, with an empty direct room. Minji uses Korean, Ben English. */
export async function twoFriends(request: APIRequestContext): Promise<Friends> {
  const minji = await newPerson(request, '민지', 'ko');
  const ben = await newPerson(request, 'Ben', 'en');
  await call(request, minji, 'post', '/friends', { userId: ben.id });
  await call(request, ben, 'post', '/friends', { userId: minji.id });
  const room = await call<Schemas['Room']>(request, minji, 'post', '/rooms/direct', {
    userId: ben.id,
  });
  return { minji, ben, room: room.id };
}

export function say(
  request: APIRequestContext,
  who: Person,
  room: number,
  body: string,
  replyTo?: number,
): Promise<Schemas['Message']> {
  return call(request, who, 'post', `/rooms/${room}/messages`, {
    clientId: crypto.randomUUID(),
    body,
    ...(replyTo && { replyTo }),
  });
}

interface View {
  width?: number;
  height?: number;
  theme?: 'light' | 'dark';
}

/** A browser of somebody's own, signed in and at this address. */
export async function open(
  browser: Browser,
  who: Person,
  path: string,
  { width = 1280, height = 800, theme = 'light' }: View = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: who.locale === 'ko' ? 'ko-KR' : 'en-US',
    hasTouch: width < 640,
  });
  // The cards of the first run are somebody else's test.
  await context.addInitScript(() => localStorage.removeItem('emosation.first-run'));
  await context.addInitScript(noteFlashes);
  const login = await context.request.post('/api/v1/auth/login', {
    data: { email: who.email, password },
  });
  expect(login.ok(), await login.text()).toBe(true);
  const page = await context.newPage();
  await keepSockets(page);
  await page.goto(path);
  return page;
}

/** Notes in the page which message flashed last: a flash may be over before a test looks. */
function noteFlashes(): void {
  const note = () => {
    const lit = document.querySelector<HTMLElement>('[role=log] [data-flash=true]');
    if (lit) document.documentElement.dataset.flashed = lit.textContent ?? '';
  };
  const how = { subtree: true, childList: true, attributeFilter: ['data-flash'] };
  new MutationObserver(note).observe(document, how);
}

/** Remembers the page's sockets, so that a test can cut them. */
async function keepSockets(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const kept: WebSocket[] = [];
    Object.assign(window, { kept });
    window.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        kept.push(this);
      }
    };
  });
}

/** Ends the live connection, as a network would that loses it. */
export async function cut(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const socket of (window as unknown as { kept: WebSocket[] }).kept) socket.close();
  });
}

/** No network from here on, in both directions. */
export async function goOffline(page: Page): Promise<void> {
  await page.context().setOffline(true);
  await cut(page);
}

export async function goOnline(page: Page): Promise<void> {
  await page.context().setOffline(false);
}

/** The row of one message, by its text. */
export function row(page: Page, text: string) {
  return page.getByRole('log').getByRole('article').filter({ hasText: text });
}
