import { describe, expect, it } from 'vitest';
import {
  obstacleOf,
  progressOf,
  withMore,
  wishOf,
  withWish,
  type Wish,
} from '@/features/order/wish';
import { aSelection, anOrder, menu } from '@/testing/orders';

const nothing: Wish = { items: [], done: false };

describe('a wish', () => {
  it('starts from what was chosen, without what left the menu', () => {
    const mine = aSelection(1, { Tteokbokki: 2, Gimbap: 1 }, { done: true });
    const items = mine.items.map((line, i) => ({ ...line, available: i === 0 }));
    expect(wishOf({ ...mine, items })).toEqual({
      items: [{ itemId: 51, quantity: 2 }],
      done: true,
    });
    expect(wishOf(undefined)).toEqual(nothing);
  });

  it('counts up from none and down to none, and keeps the order in which dishes were chosen', () => {
    const two = withMore(withMore(withMore(nothing, 52, 1), 51, 1), 52, 1);
    expect(two.items).toEqual([
      { itemId: 52, quantity: 2 },
      { itemId: 51, quantity: 1 },
    ]);
    expect(withMore(two, 51, -1).items).toEqual([{ itemId: 52, quantity: 2 }]);
    expect(withMore(two, 53, -1).items).toEqual(two.items);
  });

  it('is not done any more when it changes', () => {
    expect(withMore({ items: [], done: true }, 51, 1).done).toBe(false);
  });

  it('never asks for more than the server takes', () => {
    const many = { items: [{ itemId: 51, quantity: 99 }], done: false };
    expect(withMore(many, 51, 1)).toEqual(many);
    const kinds = Array.from({ length: 50 }, (_, i) => ({ itemId: 100 + i, quantity: 1 }));
    expect(withMore({ items: kinds, done: false }, 51, 1).items).toEqual(kinds);
    expect(withMore({ items: kinds, done: false }, 100, 1).items[0]).toEqual({
      itemId: 100,
      quantity: 2,
    });
  });
});

describe('the order with my wish', () => {
  const joined = [1, 2, 3];
  const order = anOrder(
    [
      aSelection(2, { Gimbap: 2 }, { done: true, deliveryShare: 1500 }),
      aSelection(3, { Gimbap: 1 }, { deliveryShare: 1500 }),
    ],
    { missing: [1, 3] },
  );

  it('has my dishes at the prices of the menu, my place and every total', () => {
    const wish = { items: [{ itemId: 51, quantity: 2 }], done: true };
    const now = withWish(order, wish, 1, menu, joined);
    expect(now.selections.map(({ user }) => user)).toEqual([1, 2, 3]);
    expect(now.selections[0]).toMatchObject({
      itemsTotal: 9000,
      deliveryShare: 1000,
      total: 10_000,
    });
    expect(now).toMatchObject({ itemsTotal: 19_500, deliveryFee: 3000, total: 22_500 });
    expect(now.missing).toEqual([3]);
  });

  it('lists my dishes as the server does', () => {
    const items = [53, 51, 52].map((itemId) => ({ itemId, quantity: 1 }));
    const mine = withWish(order, { items, done: false }, 1, menu, joined).selections[0];
    expect(mine?.items.map(({ itemId }) => itemId)).toEqual([51, 52, 53]);
  });

  it('takes no part of the fee from those who order nothing', () => {
    const now = withWish(order, { items: [], done: true }, 1, menu, joined);
    expect(now.selections.map(({ deliveryShare }) => deliveryShare)).toEqual([0, 1500, 1500]);
  });

  it('loses no won: what does not divide evenly goes to those who joined first', () => {
    const odd = { ...order, deliveryFee: 2000 };
    const now = withWish(
      odd,
      { items: [{ itemId: 53, quantity: 1 }], done: false },
      1,
      menu,
      joined,
    );
    expect(now.selections.map(({ deliveryShare }) => deliveryShare)).toEqual([667, 667, 666]);
    expect(now.total).toBe(now.selections.reduce((sum, { total }) => sum + total, 0));
  });

  it('leaves out a dish that nobody knows', () => {
    const now = withWish(
      order,
      { items: [{ itemId: 99, quantity: 1 }], done: true },
      1,
      menu,
      joined,
    );
    expect(now.selections[0]).toMatchObject({ items: [], total: 0 });
  });
});

it('counts who has chosen among those who are asked', () => {
  const order = anOrder(
    [aSelection(1, { Gimbap: 1 }, { done: true }), aSelection(2, { Gimbap: 1 })],
    {
      missing: [2, 3],
    },
  );
  expect(progressOf(order)).toEqual({ chosen: 1, all: 3 });
});

describe('what stands in the way of confirming', () => {
  const enough = aSelection(1, { Tteokbokki: 3 }, { done: true });
  it.each([
    ['nothing', anOrder([enough]), null],
    ['somebody who has not chosen', anOrder([enough], { missing: [2] }), 'missing'],
    ['nobody who wants anything', anOrder([aSelection(1, {}, { done: true })]), 'empty'],
    ['the minimum', anOrder([aSelection(1, { Gimbap: 1 }, { done: true })]), 'minimum'],
    [
      'a dish that left the menu',
      anOrder([{ ...enough, items: enough.items.map((line) => ({ ...line, available: false })) }]),
      'gone',
    ],
  ])('is %s', (_what, order, obstacle) => {
    expect(obstacleOf(order)).toBe(obstacle);
  });
});
