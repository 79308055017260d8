import type { components } from '../src/api/schema.gen';
import type { Handlers } from './fake-places';

type Schemas = components['schemas'];

const store: Schemas['Store'] = {
  id: 11,
  name: '달빛분식',
  category: 'snack',
  address: '가온구 별빛로 33',
  lat: 37.501,
  lng: 127.011,
  minOrder: 40_000,
  deliveryFee: 3000,
  active: true,
  distance: null,
};

const menu: Schemas['MenuItem'][] = [
  [51, '떡볶이', '국물 떡볶이', 5000],
  [52, '떡볶이', '로제 떡볶이 (치즈, 비엔나소시지, 중국당면 추가)', 13_000],
  [53, '떡볶이', '순한 떡볶이', 11_500],
  [54, '김밥', '참치김밥', 4500],
  [55, '김밥', '달빛김밥', 4000],
  [56, '튀김', '모둠튀김', 6000],
  [57, '국물', '어묵 한 그릇', 4000],
].map(([id, section, name, price]) => ({
  id: Number(id),
  section: String(section),
  name: String(name),
  price: Number(price),
  active: true,
}));

/** What somebody chose: [dish, quantity] each. Whoever is said to have chosen is done. */
function part(
  user: number,
  dishes: [number, number][],
  change: Partial<Schemas['Selection']> = {},
): Schemas['Selection'] {
  const items = dishes.map(([itemId, quantity]) => {
    const dish = menu.find(({ id }) => id === itemId);
    if (!dish) throw new Error(`no dish ${itemId}`);
    return { itemId, name: dish.name, price: dish.price, quantity, available: true };
  });
  const itemsTotal = items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const { deliveryShare = 0 } = change;
  const total = itemsTotal + deliveryShare;
  return { user, done: true, items, itemsTotal, deliveryShare, total, receivedAt: null, ...change };
}

function orderOf(
  selections: Schemas['Selection'][],
  change: Partial<Schemas['Order']> = {},
): Schemas['Order'] {
  const itemsTotal = selections.reduce((sum, one) => sum + one.itemsTotal, 0);
  const { deliveryFee } = store;
  const total = itemsTotal + deliveryFee;
  const rest = { itemsTotal, deliveryFee, total, missing: [], confirmedAt: null };
  return { store, selections, ...rest, ...change };
}

// The people of the fake group: I am 1. Four of the five order something, so each of them has a quarter of the fee.
const share = { deliveryShare: 750 };
const minji = part(2, [[52, 1]], share);
const mine = part(1, [[54, 2]], share);
const ben = part(
  3,
  [
    [53, 1],
    [57, 1],
  ],
  share,
);
const aurelia = part(6, [[56, 1]], share);
const seojun = part(4, []);
const looks = (one: Schemas['Selection']) => ({ ...one, done: false });
const gone = (one: Schemas['Selection']) => ({
  ...looks(one),
  items: one.items.map((item) => ({ ...item, available: false })),
});
const receivedAt = '2026-11-21T06:02:00Z';

/** The order of the fake group at its stages. */
export const orders = {
  choosing: orderOf([minji, looks(mine), looks(ben), aurelia], { missing: [1, 3, 4] }),
  gone: orderOf([minji, gone(mine), ben, aurelia], { missing: [1, 4] }),
  chosen: orderOf([minji, mine, ben, aurelia, seojun]),
  delivered: orderOf([{ ...minji, receivedAt }, mine, { ...ben, receivedAt }, aurelia, seojun], {
    confirmedAt: '2026-11-21T05:20:00Z',
  }),
};

/** The order of the fake group's pickup room at this stage, its menu, and a code for its box. */
export function orderHandlers(order: Schemas['Order']): Handlers {
  return {
    '/rooms/21/order': (route) => route.fulfill({ json: order }),
    '/stores/11': (route) => route.fulfill({ json: { store, menu: menuAt(order) } }),
    '/rooms/21/box-code': (route) => route.fulfill({ status: 201, json: { code: '048213' } }),
  };
}

/** What can be chosen while the order stands like this. */
function menuAt({ selections }: Schemas['Order']) {
  const lines = selections.flatMap(({ items }) => items);
  return menu.filter(({ id }) => lines.every((one) => one.available || one.itemId !== id));
}
