import type { Schema } from '@/api/client';
import { aMember, aRoom } from '@/testing/messages';

/** A small store whose menu has two sections. */
export function aStore(change: Partial<Schema<'Store'>> = {}): Schema<'Store'> {
  return {
    id: 5,
    name: 'Moonlight Snacks',
    category: 'snack',
    address: '12 Moonlight Road',
    lat: 37.5,
    lng: 127.01,
    minOrder: 12_000,
    deliveryFee: 3000,
    active: true,
    distance: null,
    ...change,
  };
}

export function aDish(
  id: number,
  name: string,
  price: number,
  section = 'Snacks',
): Schema<'MenuItem'> {
  return { id, section, name, price, active: true };
}

export const menu = [
  aDish(51, 'Tteokbokki', 4500),
  aDish(52, 'Gimbap', 3500),
  aDish(53, 'Lemonade', 3000, 'Drinks'),
];

/** Somebody's part of an order, from dish names of the menu above. */
export function aSelection(
  user: number,
  quantities: Record<string, number>,
  change: Partial<Schema<'Selection'>> = {},
): Schema<'Selection'> {
  const items = Object.entries(quantities).map(([wanted, quantity]) => {
    const dish = menu.find(({ name }) => name === wanted);
    if (!dish) throw new Error(`the menu has no ${wanted}`);
    return { itemId: dish.id, name: dish.name, price: dish.price, quantity, available: true };
  });
  const itemsTotal = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  return {
    user,
    done: false,
    items,
    itemsTotal,
    deliveryShare: 0,
    total: itemsTotal + (change.deliveryShare ?? 0),
    receivedAt: null,
    ...change,
  };
}

/** An order whose totals are those of its selections. */
export function anOrder(
  selections: Schema<'Selection'>[],
  change: Partial<Schema<'Order'>> = {},
): Schema<'Order'> {
  const sum = (part: 'itemsTotal' | 'deliveryShare' | 'total') =>
    selections.reduce((all, one) => all + one[part], 0);
  return {
    store: aStore(),
    selections,
    itemsTotal: sum('itemsTotal'),
    deliveryFee: sum('deliveryShare'),
    total: sum('total'),
    missing: [],
    confirmedAt: null,
    ...change,
  };
}

/** The pickup room 7 of Minji (1), its host, with Ben (2) and Sora (3). */
export function aPickupRoom(change: Partial<Schema<'Room'>> = {}): Schema<'Room'> {
  const { id, name, category } = aStore();
  return aRoom({
    kind: 'group',
    title: 'Late snack',
    peer: null,
    host: 1,
    capacity: 4,
    memberCount: 3,
    phase: 'CREATED',
    pickup: {
      store: { id, name, category },
      box: {
        id: 8,
        name: 'Box at the corner',
        zip: '90101',
        address: '3 Moonlight Road',
        lat: 37.501,
        lng: 127.012,
      },
    },
    closesAt: '2026-11-21T09:00:00Z',
    ...change,
  });
}

export function theMembers(): Schema<'Member'>[] {
  const sora = { ...aMember(3, 0), user: { id: 3, nickname: 'Sora' } };
  return [aMember(1, 0), aMember(2, 0), sora];
}
