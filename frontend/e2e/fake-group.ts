import type { Route } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import type { Handlers } from './fake-places';
import { liveWorld, type World } from './fake-server';

type Schemas = components['schemas'];

// The clock of the pictures stands at this time; see fake-server.ts.
const now = Date.parse('2026-11-21T06:12:00Z');
const inMinutes = (minutes: number) => new Date(now + minutes * 60_000).toISOString();

const people: [id: number, nickname: string, state: Schemas['MemberState']][] = [
  [2, '김민지', 'joined'],
  [1, '한지호', 'joined'],
  [3, 'Ben Carter', 'joined'],
  [6, 'Aurelia Montgomery-Fitzgerald', 'joined'],
  [4, '박서준', 'joined'],
  [5, '이하은', 'left'],
  [8, '정도윤', 'kicked'],
];

const members: Schemas['Member'][] = people.map(([id, nickname, state], i) => ({
  user: { id, nickname },
  state,
  joinedAt: inMinutes(-70 + i),
  joinedSeq: 0,
  lastReadSeq: id === 4 ? 12 : 30,
  online: [1, 2, 3].includes(id),
}));

let seq = 0;
const row = (minutes: number, sender: number, rest: Partial<Schemas['Message']>) => {
  seq += 1;
  return {
    seq,
    rev: seq,
    kind: 'text' as const,
    sender,
    clientId: `0f8fad5b-d9cb-469f-a165-${String(seq).padStart(12, '0')}`,
    body: '',
    line: null,
    replyTo: null,
    sentAt: inMinutes(minutes),
    editedAt: null,
    deletedAt: null,
    reactions: [],
    reading: null,
    ...rest,
  };
};
const said = (minutes: number, sender: number, body: string) => row(minutes, sender, { body });
const line = (minutes: number, sender: number, what: Schemas['Line']) =>
  row(minutes, sender, { kind: 'system', line: what });

const talk: Schemas['Message'][] = [
  line(-70, 2, { code: 'created' }),
  line(-68, 1, { code: 'joined', user: 1 }),
  line(-66, 3, { code: 'joined', user: 3 }),
  line(-64, 6, { code: 'joined', user: 6 }),
  line(-61, 5, { code: 'joined', user: 5 }),
  said(-58, 2, '오늘 저녁 같이 시킬 사람 모여라!'),
  said(-57, 2, '떡볶이 어때요?'),
  said(-55, 3, 'Count me in. I have never tried tteokbokki, is it very hot?'),
  said(-54, 1, '조금 매워요. 순한 맛도 있어요 :)'),
  line(-50, 4, { code: 'joined', user: 4 }),
  said(-48, 4, '안녕하세요'),
  said(-47, 6, 'Hello everybody! I live two doors down.'),
  line(-45, 5, { code: 'left', user: 5 }),
  line(-40, 2, { code: 'kicked', user: 8 }),
  line(-33, 1, { code: 'drawn', users: [3, 4] }),
  said(-32, 3, 'Ha, of course it is me.'),
  said(-31, 1, '수고하세요 ㅋㅋ'),
  line(-20, 2, { code: 'extended', number: 1, time: inMinutes(100) }),
  line(-15, 2, { code: 'order_confirmed', number: 48_500 }),
  line(-15, 2, { code: 'phase', phase: 'ORDER_STARTED' }),
  said(-3, 2, '주문 넣었어요. 40분쯤 걸린대요'),
];

const summary = { id: 11, name: '달빛분식', category: 'snack' } as const;
const box = {
  id: 1,
  name: '달빛공원 보관함',
  zip: '90101',
  address: '가온구 달빛로 7',
  lat: 37.5,
  lng: 127.01,
};

/** The pickup room of the pictures; it is led by me unless said otherwise. */
function pickupRoom(change: Partial<Schemas['Room']> = {}): Schemas['Room'] {
  return {
    id: 21,
    kind: 'group',
    state: 'open',
    title: '달빛분식 같이 시켜요',
    peer: null,
    host: 1,
    capacity: 6,
    memberCount: 5,
    hasPassword: true,
    version: 7,
    phase: 'ORDER_STARTED',
    pickup: { store: summary, box },
    closesAt: inMinutes(100),
    extensions: 1,
    readings: 'on',
    readingsNotice: false,
    readingsRev: 0,
    lastSeq: talk.length,
    lastRev: talk.length,
    lastReadSeq: talk.length,
    unread: 0,
    lastMessage: talk.at(-1) ?? null,
    createdAt: inMinutes(-70),
    ...change,
  };
}

const dish = (itemId: number, name: string, price: number, quantity: number) => ({
  ...{ itemId, name, price, quantity },
  available: true,
});
const part = (user: number, items: ReturnType<typeof dish>[], deliveryShare: number) => {
  const itemsTotal = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const total = itemsTotal + deliveryShare;
  return { user, done: true, items, itemsTotal, deliveryShare, total, receivedAt: null };
};
const selections: Schemas['Selection'][] = [
  part(2, [dish(51, '로제 떡볶이', 13_000, 1)], 750),
  part(1, [dish(52, '참치김밥', 4500, 2)], 750),
  part(3, [dish(53, '순한 떡볶이', 11_500, 1), dish(54, '어묵탕', 6000, 1)], 750),
  part(6, [dish(55, '튀김 모둠', 6000, 1)], 750),
  part(4, [], 0),
];
const sum = (of: 'itemsTotal' | 'deliveryShare' | 'total') =>
  selections.reduce((all, one) => all + one[of], 0);
const order: Schemas['Order'] = {
  store: {
    ...summary,
    address: '가온구 별빛로 33',
    lat: 37.501,
    lng: 127.011,
    minOrder: 12_000,
    deliveryFee: 3000,
    active: true,
    distance: null,
  },
  selections,
  itemsTotal: sum('itemsTotal'),
  deliveryFee: sum('deliveryShare'),
  total: sum('total'),
  missing: [],
  confirmedAt: inMinutes(-15),
};

/** The calls of one room, as it stands in this picture. */
function handlers(room: Schemas['Room'], rows: Schemas['Message'][]): Handlers {
  const path = `/rooms/${room.id}`;
  const json = (body: unknown) => (route: Route) => route.fulfill({ json: body });
  const { lastSeq, lastRev } = room;
  return {
    [path]: json(room),
    [`${path}/members`]: json({ items: members }),
    [`${path}/messages`]: json({ epoch: 'e', items: rows, lastSeq, lastRev, hasMore: false }),
    [`${path}/order`]: json(order),
    [`${path}/draws`]: json({ users: [3, 4] }),
    [`${path}/invites`]: json({
      token: 'eyJyIjoyMSwiZSI6MX0.c2lnbmVkLWJ5LXVz',
      expiresAt: inMinutes(1440),
    }),
  };
}

export interface GroupWorld {
  world: () => World;
  override: Handlers;
}

/** A world whose chats begin with a group room, as it stands after this change. */
export function groupWorld(
  change: Partial<Schemas['Room']> = {},
  last?: Schemas['Line'],
): GroupWorld {
  const end = last && {
    ...line(-1, change.host ?? 1, last),
    seq: talk.length + 1,
    rev: talk.length + 1,
  };
  const rows = end ? [...talk, end] : talk;
  const lastSeq = rows.length;
  const room = pickupRoom({
    ...{ lastSeq, lastRev: lastSeq, lastReadSeq: lastSeq, lastMessage: rows.at(-1) ?? null },
    ...change,
  });
  const plain = pickupRoom({
    ...{
      id: 22,
      title: '동네 산책 모임',
      host: 3,
      capacity: 100,
      memberCount: 34,
      hasPassword: false,
    },
    ...{ phase: null, pickup: null, closesAt: null, unread: 4, lastReadSeq: 8, lastSeq: 12 },
    lastMessage: { ...line(-30, 6, { code: 'joined', user: 6 }), seq: 12 },
  });
  return {
    world: () => {
      const world = liveWorld();
      return { ...world, rooms: [room, plain, ...world.rooms] };
    },
    override: { ...handlers(room, rows), ...handlers(plain, talk.slice(0, 12)) },
  };
}
