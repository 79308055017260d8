import type { Route } from '@playwright/test';
import type { components } from '../src/api/schema.gen';

type Schemas = components['schemas'];
export type Handlers = Record<string, (route: Route) => Promise<void>>;

// The clock of the pictures stands at this time; see fake-server.ts.
const now = Date.parse('2026-11-21T06:12:00Z');
const inMinutes = (minutes: number) => new Date(now + minutes * 60_000).toISOString();

function box(id: number, name: string, change: Partial<Schemas['Box']> = {}): Schemas['Box'] {
  return {
    id,
    name,
    zip: '90101',
    address: `가온구 달빛로 ${id * 7}`,
    lat: 37.5,
    lng: 127.01,
    condition: 'ok',
    active: true,
    booked: false,
    ...change,
  };
}

function store(
  id: number,
  name: string,
  category: Schemas['StoreCategory'],
  distance: number,
  minOrder: number,
  deliveryFee: number,
): Schemas['Store'] {
  return {
    id,
    name,
    category,
    address: `가온구 별빛로 ${id * 3}`,
    lat: 37.501,
    lng: 127.011,
    minOrder,
    deliveryFee,
    active: true,
    distance,
  };
}

const boxes = [
  box(1, '달빛공원 보관함'),
  box(2, '달빛동 주민센터 앞', { booked: true }),
  box(3, '은하수 도서관 뒷문'),
  box(4, '새벽시장 북문', { condition: 'broken' }),
  box(5, '별빛초등학교 정문 건너편', { condition: 'repair' }),
];

const stores = [
  store(11, '달빛분식', 'snack', 120, 12_000, 2000),
  store(12, '은하치킨', 'chicken', 340, 18_000, 3500),
  store(13, '새벽국밥 본점', 'korean', 410, 15_000, 0),
  store(14, '마리아의 작은 화덕', 'pizza', 680, 20_000, 3000),
  store(15, '초승달 면옥', 'chinese', 940, 14_000, 2500),
  store(16, 'Café Halfmoon', 'cafe', 1260, 0, 4000),
];

const areas: Schemas['Area'][] = [
  { zip: '90101', province: '가온도', district: '달빛시 가온구', neighbourhood: '달빛동' },
  { zip: '90240', province: '가온도', district: '은하시 새벽구', neighbourhood: '달빛동' },
  { zip: '31007', province: '바람도', district: '한들군', neighbourhood: '달빛내리' },
];

function room(
  id: number,
  title: string,
  change: Partial<Schemas['OpenRoom']> = {},
): Schemas['OpenRoom'] {
  return {
    id,
    title,
    capacity: 4,
    memberCount: 2,
    hasPassword: false,
    host: { id: 2, nickname: '김민지' },
    phase: null,
    pickup: null,
    closesAt: null,
    createdAt: inMinutes(-20),
    joined: false,
    ...change,
  };
}

function pickup(
  at: number,
  where: number,
  minutes: number,
  phase: Schemas['Phase'] = 'CREATED',
): Partial<Schemas['OpenRoom']> {
  const [inStore, inBox] = [stores[at], boxes[where]];
  if (!inStore || !inBox) throw new Error('no such place');
  return { pickup: { store: inStore, box: inBox }, phase, closesAt: inMinutes(minutes) };
}

const rooms = [
  room(31, '야식 같이 시켜요', { ...pickup(0, 0, 134.5), capacity: 12, memberCount: 3 }),
  room(32, '치킨 반반 나눌 사람', {
    ...pickup(1, 2, 43.1),
    memberCount: 4,
    host: { id: 4, nickname: '박서준' },
  }),
  room(33, 'Friday board games', {
    capacity: 20,
    memberCount: 7,
    hasPassword: true,
    host: { id: 6, nickname: 'Aurelia Montgomery-Fitzgerald' },
  }),
  room(34, '점심 국밥', {
    ...pickup(2, 0, 71, 'ORDER_STARTED'),
    hasPassword: true,
    joined: true,
    host: { id: 5, nickname: '이하은' },
  }),
  room(35, '내일 새벽 등산 가는 사람들 모여서 준비물이랑 날씨 이야기하는 방', {
    capacity: 100,
    memberCount: 58,
    host: { id: 7, nickname: '최유나' },
  }),
  room(36, '피자 한 판', { ...pickup(3, 2, 9.7, 'DELIVERY_IN_PROGRESS'), memberCount: 3 }),
];

export function openRooms(change: Partial<Schemas['OpenRoomPage']> = {}): Handlers {
  const page: Schemas['OpenRoomPage'] = {
    items: rooms,
    page: 1,
    size: 6,
    total: 1000,
    totalIsExact: false,
    ...change,
  };
  return { '/rooms/open': (route) => route.fulfill({ json: page }) };
}

/** Everything that discovering and creating rooms asks for. */
export const places: Handlers = {
  ...openRooms(),
  '/areas': (route) => {
    const q = new URL(route.request().url()).searchParams.get('q') ?? '';
    const found = areas.filter((area) => area.zip === q || area.neighbourhood.startsWith(q));
    return route.fulfill({ json: { items: found } });
  },
  '/boxes': (route) => route.fulfill({ json: { items: boxes } }),
  '/stores': (route) =>
    route.fulfill({ json: { items: stores, page: 1, size: 20, total: stores.length } }),
  '/invites': (route) => route.fulfill({ json: rooms[2] }),
};
