import type { Schema } from '@/api/client';

export function anArea(change: Partial<Schema<'Area'>> = {}): Schema<'Area'> {
  return {
    zip: '90101',
    province: 'Gaon',
    district: 'Dalbit',
    neighbourhood: 'Moonlight',
    ...change,
  };
}

export function aBox(id: number, change: Partial<Schema<'Box'>> = {}): Schema<'Box'> {
  return {
    id,
    name: `Box ${id}`,
    zip: '90101',
    address: `Moon Street ${id}`,
    lat: 37.5,
    lng: 127.01,
    condition: 'ok',
    active: true,
    booked: false,
    ...change,
  };
}

export function aStore(id: number, change: Partial<Schema<'Store'>> = {}): Schema<'Store'> {
  return {
    id,
    name: `Store ${id}`,
    category: 'snack',
    address: `Star Street ${id}`,
    lat: 37.501,
    lng: 127.011,
    minOrder: 12_000,
    deliveryFee: 3000,
    active: true,
    distance: 100 * id,
    ...change,
  };
}

export function aStorePage(
  items: Schema<'Store'>[],
  change: Partial<Schema<'StorePage'>> = {},
): Schema<'StorePage'> {
  return { items, page: 1, size: 20, total: items.length, ...change };
}

/** A plain room of Minji's with three of twelve seats taken. */
export function anOpenRoom(
  id: number,
  title: string,
  change: Partial<Schema<'OpenRoom'>> = {},
): Schema<'OpenRoom'> {
  return {
    id,
    title,
    capacity: 12,
    memberCount: 3,
    hasPassword: false,
    host: { id: 2, nickname: 'Minji' },
    phase: null,
    pickup: null,
    closesAt: null,
    createdAt: '2026-11-20T00:00:00Z',
    joined: false,
    ...change,
  };
}

/** What makes an open room one that orders: store 5, box 8, ending so many minutes from now. */
export function aPickup(minutes = 134): Partial<Schema<'OpenRoom'>> {
  return {
    phase: 'CREATED',
    pickup: { store: aStore(5), box: aBox(8) },
    closesAt: new Date(Date.now() + minutes * 60_000 + 30_000).toISOString(),
  };
}

export function anOpenPage(
  items: Schema<'OpenRoom'>[],
  change: Partial<Schema<'OpenRoomPage'>> = {},
): Schema<'OpenRoomPage'> {
  return { items, page: 1, size: 20, total: items.length, totalIsExact: true, ...change };
}
