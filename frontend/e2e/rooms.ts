import { expect, type APIRequestContext, type Page } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import { call, type Person } from './two-friends';

type Schemas = components['schemas'];

/** The words of creating, finding and joining rooms, in both languages. */
const words = {
  ko: {
    plain: '이야기하는 방',
    pickup: '같이 주문하는 방',
    next: '다음',
    area: '동네 이름이나 우편번호',
    title: '방 이름',
    password: '비밀번호 (선택)',
    create: '방 만들기',
    search: '방이나 가게 찾기',
    itsPassword: '방 비밀번호',
    join: '들어가기',
  },
  en: {
    plain: 'Talk together',
    pickup: 'Order together',
    next: 'Next',
    area: 'Neighbourhood or zip code',
    title: 'Title',
    password: 'Password (optional)',
    create: 'Create the room',
    search: 'Search rooms or stores',
    itsPassword: 'Password of the room',
    join: 'Join',
  },
} as const;

/** A page and the language it speaks. */
export interface Seat {
  who: Person;
  page: Page;
}

interface NewRoom {
  title: string;
  password: string;
}

/** Creates a room to talk in through the pages, up to its conversation; gives its id. */
export async function createPlainRoom({ who, page }: Seat, room: NewRoom): Promise<number> {
  const say = words[who.locale];
  await page.goto('/rooms/new');
  await page.getByRole('radio', { name: say.plain }).check();
  await page.getByRole('button', { name: say.next }).click();
  return describeRoom({ who, page }, room);
}

interface Places {
  /** As it is typed, and the whole name of the one that is meant: there are others of the same name. */
  area: string;
  district: string;
  box: string;
  store: string;
}

/** Creates a pickup room through the pages, up to its conversation; gives its id. */
export async function createPickupRoom(
  { who, page }: Seat,
  room: NewRoom,
  { area, district, box, store }: Places,
): Promise<number> {
  const say = words[who.locale];
  const next = page.getByRole('button', { name: say.next });
  await page.goto('/rooms/new');
  await page.getByRole('radio', { name: say.pickup }).check();
  await next.click();
  await page.getByLabel(say.area).fill(area);
  await page.getByRole('button', { name: new RegExp(`^${area} ${district}`) }).click();
  await page.getByRole('radio', { name: box }).check();
  await next.click();
  await page.getByRole('radio', { name: store }).check();
  await next.click();
  return describeRoom({ who, page }, room);
}

async function describeRoom({ who, page }: Seat, { title, password }: NewRoom): Promise<number> {
  const say = words[who.locale];
  await page.getByLabel(say.title, { exact: true }).fill(title);
  await page.getByLabel(say.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: say.create }).click();
  await expect(page).toHaveURL(/\/rooms\/\d+$/);
  return Number(new URL(page.url()).pathname.split('/').pop());
}

/** Finds an open room and opens the sheet that leads into it. */
export async function findRoom({ who, page }: Seat, title: string): Promise<void> {
  await page.goto('/discover');
  await page.getByLabel(words[who.locale].search).fill(title);
  await page.getByRole('button', { name: title }).click();
  await expect(page.getByRole('dialog', { name: title })).toBeVisible();
}

/** Tries this password in the sheet. */
export async function tryPassword({ who, page }: Seat, password: string): Promise<void> {
  const say = words[who.locale];
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel(say.itsPassword, { exact: true }).fill(password);
  await sheet.getByRole('button', { name: say.join, exact: true }).click();
}

/** A box of a test's own, so that no two tests want the same one, and what the courier and its keypad know. */
export interface Box {
  id: number;
  name: string;
  key: string;
}

/** Adds a box beside the demo town's stores, as an admin would. */
export async function newBox(request: APIRequestContext): Promise<Box> {
  const admin = await theAdmin(request);
  const name = `달빛로 픽업함 ${crypto.randomUUID().slice(0, 8)}`;
  const box = await call<Schemas['Box']>(request, admin, 'post', '/admin/boxes', {
    name,
    zip: '90101',
    address: '새벽도 가온구 달빛로 19',
    lat: 37.5007,
    lng: 126.9999,
  });
  const { E2E_ADMIN_PASSWORD: password } = process.env;
  await call(request, admin, 'post', '/auth/reauthentication', { password });
  const path = `/admin/boxes/${box.id}/key`;
  const { key } = await call<Schemas['BoxKey']>(request, admin, 'post', path);
  return { id: box.id, name, key };
}

/** What the box, or the courier at it, tells the server; gives the status of the answer. */
export async function atBox(
  request: APIRequestContext,
  { id, key }: Box,
  what: 'arrivals' | 'openings',
  data?: object,
): Promise<number> {
  const headers = { 'X-Box-Key': key };
  const path = `/api/v1/boxes/${id}/${what}`;
  return (await request.post(path, { headers, ...(data && { data }) })).status();
}

/** The operator, by the API. */
export async function theAdmin(request: APIRequestContext): Promise<Person> {
  const { E2E_ADMIN_EMAIL: email, E2E_ADMIN_PASSWORD: password } = process.env;
  if (!email || !password) throw new Error('E2E_ADMIN_EMAIL and E2E_ADMIN_PASSWORD name an admin');
  const data = { email, password, tokenDelivery: 'body' };
  const login = await request.post('/api/v1/auth/login', { data });
  expect(login.ok(), await login.text()).toBe(true);
  const { user, accessToken } = (await login.json()) as Schemas['Tokens'];
  return { id: user.id, email, nickname: user.nickname, locale: 'ko', token: accessToken };
}

/** The parts of what stands beside a room. */
type Part = 'members' | 'order' | 'box' | 'room';

const panes = {
  ko: {
    open: '이 방에 대해 보기',
    back: '대화로 돌아가기',
    members: '사람',
    order: '주문',
    box: '보관함',
    room: '방',
  },
  en: {
    open: 'Show what this room is about',
    back: 'Back to the chat',
    members: 'People',
    order: 'Order',
    box: 'Box',
    room: 'Room',
  },
} as const;

/** Shows what stands beside the room, or instead of it on a phone, until it is closed again. */
export async function openPane({ who, page }: Seat): Promise<void> {
  const say = panes[who.locale];
  await page.getByRole('button', { name: say.open }).click();
  await expect(page.getByRole('tab', { name: say.members })).toBeVisible();
}

export async function turnTo({ who, page }: Seat, part: Part): Promise<void> {
  await page.getByRole('tab', { name: panes[who.locale][part], exact: true }).click();
}

/** From the pane of a phone back to the conversation. */
export async function backToTalk({ who, page }: Seat): Promise<void> {
  await page.getByRole('button', { name: panes[who.locale].back }).click();
}

/** A line that the server wrote into the conversation. */
export function line(page: Page, text: string) {
  return page.getByRole('log').getByText(text, { exact: false });
}
