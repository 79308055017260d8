import type { Page, Request, Route } from '@playwright/test';
import type { components } from '../src/api/schema.gen';

type Schemas = components['schemas'];

/** What the fake server answers; each page of the pictures changes what it needs. */
export interface World {
  me: Schemas['User'] | null;
  friends: Schemas['Friend'][];
  blocks: Schemas['Block'][];
  rooms: Schemas['Room'][];
  matches: Schemas['UserMatch'][];
  sessions: Schemas['Session'][];
}

const now = Date.parse('2026-11-21T06:12:00Z');
const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

function message(seq: number, sender: number, body: string, minutes: number): Schemas['Message'] {
  return {
    seq,
    rev: seq,
    kind: 'text',
    sender,
    clientId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    body,
    line: null,
    replyTo: null,
    sentAt: ago(minutes),
    editedAt: null,
    deletedAt: null,
    reactions: [],
    reading: null,
  };
}

function room(
  id: number,
  peer: Schemas['UserSummary'],
  unread: number,
  last: Schemas['Message'] | null,
): Schemas['Room'] {
  const lastSeq = last?.seq ?? 0;
  return {
    id,
    kind: 'direct',
    state: 'open',
    title: null,
    peer,
    host: null,
    capacity: null,
    memberCount: 2,
    hasPassword: false,
    version: 0,
    phase: null,
    pickup: null,
    closesAt: null,
    extensions: 0,
    readings: 'on',
    readingsNotice: false,
    readingsRev: 0,
    lastSeq,
    lastRev: lastSeq,
    lastReadSeq: lastSeq - unread,
    unread,
    lastMessage: last,
    createdAt: ago(40_000),
  };
}

const people: Schemas['UserSummary'][] = [
  { id: 2, nickname: '김민지' },
  { id: 3, nickname: 'Ben Carter' },
  { id: 4, nickname: '박서준' },
  { id: 5, nickname: '이하은' },
  { id: 6, nickname: 'Aurelia Montgomery-Fitzgerald' },
  { id: 7, nickname: '최유나' },
  { id: 8, nickname: '정도윤' },
];
const [minji, ben, seojun, haeun, aurelia, yuna, doyun] = people as [
  Schemas['UserSummary'],
  Schemas['UserSummary'],
  Schemas['UserSummary'],
  Schemas['UserSummary'],
  Schemas['UserSummary'],
  Schemas['UserSummary'],
  Schemas['UserSummary'],
];

/** A world with somebody signed in and some life in it. */
export function liveWorld(): World {
  return {
    me: {
      id: 1,
      email: 'jiho@example.org',
      emailVerified: true,
      nickname: '한지호',
      role: 'user',
      locale: 'ko',
      shareReadings: 'everyone',
      showReadings: true,
      calibrateReadings: false,
      createdAt: ago(90_000),
    },
    friends: [
      { user: minji, state: 'accepted', since: ago(50_000), online: true },
      { user: ben, state: 'accepted', since: ago(60_000), online: true },
      { user: seojun, state: 'accepted', since: ago(9000), online: false },
      { user: haeun, state: 'accepted', since: ago(9000), online: false },
      { user: aurelia, state: 'accepted', since: ago(9000), online: false },
      { user: yuna, state: 'incoming', since: ago(12), online: false },
      { user: doyun, state: 'outgoing', since: ago(1500), online: false },
    ],
    blocks: [{ user: { id: 9, nickname: '스팸봇' }, since: ago(20_000) }],
    rooms: [
      room(11, minji, 3, message(42, 2, '뭐, 그럭저럭. 괜찮아.', 2)),
      room(12, ben, 0, message(18, 1, 'See you at seven then!', 47)),
      room(
        13,
        seojun,
        128,
        message(
          310,
          4,
          '아니 근데 그 얘기 진짜야? 나 어제 듣고 너무 놀라서 한참을 멍하니 있었어',
          190,
        ),
      ),
      room(
        14,
        aurelia,
        0,
        message(7, 6, 'Thank you so much for your help with the move last weekend.', 1600),
      ),
      {
        ...room(15, haeun, 0, { ...message(9, 5, '', 4000), deletedAt: ago(3990) }),
        state: 'read_only',
      },
    ],
    matches: [
      { user: { id: 21, nickname: '민지' }, friend: 'none' },
      { user: minji, friend: 'accepted' },
      { user: { id: 22, nickname: '민지수' }, friend: 'outgoing' },
      { user: { id: 23, nickname: '민지호' }, friend: 'incoming' },
    ],
    sessions: [
      {
        id: 1,
        current: true,
        createdAt: ago(3000),
        lastSeenAt: ago(1),
        expiresAt: ago(-30_000),
        userAgent:
          'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/537.36 Chrome/156.0 Safari/537.36',
        address: '203.0.113.7',
      },
      {
        id: 2,
        current: false,
        createdAt: ago(20_000),
        lastSeenAt: ago(310),
        expiresAt: ago(-10_000),
        userAgent:
          'Mozilla/5.0 (Linux; Android 16; SM-S931N) AppleWebKit/537.36 SamsungBrowser/29.0 Chrome/136.0 Mobile Safari/537.36',
        address: '198.51.100.24',
      },
    ],
  };
}

/** Somebody who has just come. */
export function emptyWorld(): World {
  return { ...liveWorld(), friends: [], blocks: [], rooms: [], matches: [], sessions: [] };
}

/**
 * Answers the page's calls from the world, and stops the clock at a Saturday afternoon in Seoul. Returns how to wait until nothing is
 * under way any more.
 */
export async function serve(
  page: Page,
  world: World,
  override: Record<string, (route: Route) => Promise<void>> = {},
  frames: Schemas['ServerEnvelope'][] = [],
) {
  const quiet = quietOf(page);
  await page.clock.setFixedTime(now);
  await page.routeWebSocket('**/api/v1/ws', (socket) => {
    socket.onMessage((said) => {
      const entered = String(said).includes('"enter"');
      if (entered) for (const frame of frames) socket.send(JSON.stringify(frame));
    });
  });
  await page.route('**/api/v1/**', async (route) => {
    const path = new URL(route.request().url()).pathname.replace('/api/v1', '');
    const special = override[path];
    if (special) return special(route);
    const answers: Record<string, unknown> = {
      '/auth/refresh': world.me && { accessToken: 'a.b.c', expiresIn: 900, user: world.me },
      '/users/me': world.me,
      '/friends': { items: world.friends },
      '/blocks': { items: world.blocks },
      '/rooms': { items: world.rooms },
      '/users': { items: world.matches },
      '/auth/sessions': { items: world.sessions },
      '/announcements': { items: [], next: null, unread: 0 },
      '/emotion': { mode: 'embedded', model: '2026-11-c4', host: null },
      '/ws/tickets': { ticket: 'ticket', expiresIn: 30, epoch: 'e' },
    };
    const body = answers[path];
    if (body) return route.fulfill({ json: body });
    return refuse(route, path === '/auth/refresh' ? 401 : 404, 'auth.unauthenticated');
  });
  return quiet;
}

/** Waits until no request is under way, nor begins in the next frames. */
function quietOf(page: Page): () => Promise<void> {
  const underWay = new Set<Request>();
  page.on('request', (request) => underWay.add(request));
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => underWay.delete(request));
  return async () => {
    for (let calm = 0; calm < 3; calm = underWay.size === 0 ? calm + 1 : 0) {
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 30)));
    }
  };
}

export function refuse(
  route: Route,
  status: number,
  code: string,
  headers: Record<string, string> = {},
) {
  return route.fulfill({
    status,
    contentType: 'application/problem+json',
    headers,
    body: JSON.stringify({
      type: `/problems/${code}`,
      title: code,
      status,
      code,
      detail: code,
      fields: [],
    }),
  });
}
