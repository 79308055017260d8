import type { Schema } from '@/api/client';

type Order = Schema<'Order'>;
type Selection = Schema<'Selection'>;
type OrderLine = Schema<'OrderLine'>;

/** What somebody wants to have chosen. */
export type Wish = Schema<'NewSelection'>;

/** The most of one dish. */
export const MOST = 99;
/** The most different dishes. */
export const KINDS = 50;

/** A selection as a wish to go on from. A dish that left the menu cannot be wished for any more. */
export function wishOf(selection: Selection | undefined): Wish {
  const lines = selection?.items.filter(({ available }) => available) ?? [];
  return {
    items: lines.map(({ itemId, quantity }) => ({ itemId, quantity })),
    done: selection?.done ?? false,
  };
}

/** The wish with so many more, or fewer, of a dish. Who changes something is still choosing. */
export function withMore(wish: Wish, itemId: number, more: number): Wish {
  const before = wish.items.find((item) => item.itemId === itemId);
  const quantity = Math.min(MOST, (before?.quantity ?? 0) + more);
  const others = wish.items.filter((item) => item !== before);
  if (quantity <= 0) return { items: others, done: false };
  if (!before && others.length >= KINDS) return { ...wish, done: false };
  const items = before
    ? wish.items.map((item) => (item === before ? { itemId, quantity } : item))
    : [...others, { itemId, quantity }];
  return { items, done: false };
}

/**
 * The order as it will be once the server has the wish, by the server's rules, so that no number jumps when its answer comes.
 * `joined` are the members in the order of joining.
 */
export function withWish(
  order: Order,
  wish: Wish,
  me: number,
  menu: readonly Schema<'MenuItem'>[],
  joined: readonly number[],
): Order {
  const before = order.selections.find(({ user }) => user === me);
  const chosen = wish.items.toSorted((a, b) => a.itemId - b.itemId); // As the server lists them.
  const items = chosen.flatMap(({ itemId, quantity }): OrderLine[] => {
    const dish =
      menu.find(({ id }) => id === itemId) ?? before?.items.find((line) => line.itemId === itemId);
    if (!dish) return [];
    return [{ itemId, quantity, name: dish.name, price: dish.price, available: true }];
  });
  const mine: Selection = {
    user: me,
    done: wish.done,
    items,
    itemsTotal: items.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
    deliveryShare: 0,
    total: 0,
    receivedAt: null,
  };
  const place = ({ user }: Selection) => joined.indexOf(user);
  const selections = before
    ? order.selections.map((one) => (one === before ? mine : one))
    : [...order.selections, mine].sort((a, b) => place(a) - place(b));
  const others = order.missing.filter((user) => user !== me);
  return {
    ...shared(order, selections),
    missing: wish.done ? others : [...others, me],
  };
}

/** The fee is divided evenly among those who ordered something; the won that are left over go to those who joined first. */
function shared(order: Order, selections: readonly Selection[]): Order {
  const { deliveryFee } = order;
  const eaters = selections.filter(({ items }) => items.length > 0);
  const share = Math.floor(deliveryFee / eaters.length);
  const left = deliveryFee % eaters.length;
  const itemsTotal = selections.reduce((sum, one) => sum + one.itemsTotal, 0);
  return {
    ...order,
    selections: selections.map((one) => {
      const place = eaters.indexOf(one);
      const deliveryShare = place < 0 ? 0 : share + (place < left ? 1 : 0);
      return { ...one, deliveryShare, total: one.itemsTotal + deliveryShare };
    }),
    itemsTotal,
    total: itemsTotal + deliveryFee,
  };
}

/** How many of those who are asked have chosen. */
export function progressOf({ selections, missing }: Order): { chosen: number; all: number } {
  const asked = new Set(missing);
  for (const { user, done } of selections) if (done) asked.add(user);
  return { chosen: asked.size - missing.length, all: asked.size };
}

/** Why the order cannot be confirmed yet. */
export type Obstacle = 'missing' | 'gone' | 'empty' | 'minimum';

export function obstacleOf({ selections, missing, itemsTotal, store }: Order): Obstacle | null {
  const lines = selections.flatMap(({ items }) => items);
  if (lines.some(({ available }) => !available)) return 'gone';
  if (missing.length > 0) return 'missing';
  if (lines.length === 0) return 'empty';
  return itemsTotal < store.minOrder ? 'minimum' : null;
}
