import { QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import type { Schema } from '@/api/client';
import { createQueryClient } from '@/app/query-client';
import { meQuery } from '@/features/account/queries';
import { OrderPanel } from '@/features/order/order-panel';
import { orderKeys } from '@/features/order/keys';
import { anOrder, aPickupRoom, aSelection, aStore, menu, theMembers } from '@/testing/orders';
import { aUser } from '@/testing/people';
import { answer, refuse, server, type Asked } from '@/testing/server';
import { ToastProvider } from '@/ui/toast';

interface World {
  room?: Partial<Schema<'Room'>>;
  me?: number;
  members?: Schema<'Member'>[];
}

/** The panel as Minji (1) sees it, unless told otherwise. */
function renderPanel(order: Schema<'Order'>, { room, me = 1, members }: World = {}) {
  answer('get', '/rooms/7/order', order);
  answer('get', '/rooms/7/members', { items: members ?? theMembers() });
  answer('get', '/stores/5', { store: aStore(), menu });
  const cache = createQueryClient();
  cache.setDefaultOptions({ queries: { ...cache.getDefaultOptions().queries, retry: false } });
  cache.setQueryData(meQuery.queryKey, aUser({ id: me }));
  const at = (change: Partial<Schema<'Room'>>) => (
    <QueryClientProvider client={cache}>
      <ToastProvider>
        <OrderPanel room={aPickupRoom({ ...room, ...change })} />
      </ToastProvider>
    </QueryClientProvider>
  );
  const view = render(at({}));
  const change = (now: Partial<Schema<'Room'>>) => view.rerender(at(now));
  return { cache, change, person: userEvent.setup() };
}

/** Answers each saving by hand, in the order in which it was asked. */
function savings() {
  const asked: { body: Schema<'NewSelection'>; settle: (answer: Response) => void }[] = [];
  server.use(
    http.put('*/api/v1/rooms/7/order/selection', async ({ request }) => {
      const body = (await request.json()) as Schema<'NewSelection'>;
      return new Promise<Response>((settle) => asked.push({ body, settle }));
    }),
  );
  const asks = (count: number) => waitFor(() => expect(asked).toHaveLength(count));
  const settle = (which: number, order: Schema<'Order'>) =>
    act(async () => {
      asked[which]?.settle(HttpResponse.json(order));
      await new Promise((resolve) => setTimeout(resolve));
    });
  return { asked, asks, settle };
}

const button = (name: string) => screen.getByRole('button', { name });
const quantity = (dish: string) => screen.getByRole('status', { name: `How many ${dish}` });
/** The part of the bill that is somebody's. */
const part = async (name: string) => {
  const head = await screen.findByRole('rowheader', { name: new RegExp(`^${name}\\b`) });
  const body = head.closest('tbody');
  if (!body) throw new Error(`${name} has no part`);
  return within(body);
};
const bodies = (asked: Asked[]) => asked.map(({ body }) => body);

const begun = anOrder([aSelection(2, { Gimbap: 2 }, { done: true, deliveryShare: 3000 })], {
  missing: [1, 3],
});

describe('choosing', () => {
  it('shows the menu by section with prices, and how far everybody is', async () => {
    renderPanel(begun);
    const drinks = await screen.findByRole('region', { name: 'Drinks' });
    expect(within(drinks).getByText('Lemonade')).toHaveTextContent('₩3,000');
    expect(screen.getByRole('region', { name: 'Snacks' })).toHaveTextContent(/Tteokbokki.*Gimbap/);
    expect(screen.getByText(/1 of 3 have chosen/).parentElement).toHaveTextContent(
      '1 of 3 have chosen. Still choosing: You, Sora.',
    );
    expect(screen.getByText('₩5,000 more to the minimum of ₩12,000.')).toBeInTheDocument();
    expect(screen.getByText('Moonlight Snacks, delivery ₩3,000')).toBeInTheDocument();
    expect(screen.getByRole('rowheader', { name: 'Ben Has chosen' })).toBeInTheDocument();
    expect(screen.getByRole('rowheader', { name: 'Sora Is choosing' })).toBeInTheDocument();
    expect((await part('Ben')).getByRole('row', { name: 'Gimbap × 2 ₩7,000' })).toBeInTheDocument();
  });

  it('is shown at once: the quantity, what I pay, and all totals', async () => {
    const { person } = renderPanel(begun);
    savings(); // Never answered.
    await person.click(await screen.findByRole('button', { name: 'Add one Tteokbokki' }));
    await person.click(button('Add one Tteokbokki'));
    expect(quantity('Tteokbokki')).toHaveTextContent('2');
    const mine = within(screen.getByRole('group', { name: 'What I pay' }));
    expect(mine.getByText('₩9,000 + ₩1,500 delivery')).toBeInTheDocument();
    expect(mine.getByText('about ₩10,500')).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'All together ₩19,000' })).toBeInTheDocument();
    expect(screen.getByText('The minimum of ₩12,000 is reached.')).toBeInTheDocument();
    await person.click(button('Take away one Tteokbokki'));
    expect(quantity('Tteokbokki')).toHaveTextContent('1');
  });

  it('saves one at a time, and the latest wish wins', async () => {
    const { person } = renderPanel(begun);
    const { asked, asks, settle } = savings();
    await person.click(await screen.findByRole('button', { name: 'Add one Tteokbokki' }));
    await asks(1);
    await person.click(button('Add one Tteokbokki'));
    await person.click(button('Add one Lemonade'));
    expect(asked).toHaveLength(1);
    const first = anOrder([aSelection(1, { Tteokbokki: 1 }), ...begun.selections]);
    await settle(0, first);
    await asks(2);
    expect(quantity('Tteokbokki')).toHaveTextContent('2');
    expect(asked.map(({ body }) => body)).toEqual([
      { items: [{ itemId: 51, quantity: 1 }], done: false },
      {
        items: [
          { itemId: 51, quantity: 2 },
          { itemId: 53, quantity: 1 },
        ],
        done: false,
      },
    ]);
    const second = anOrder([
      aSelection(1, { Tteokbokki: 2, Lemonade: 1 }, { deliveryShare: 1500 }),
      ...begun.selections,
    ]);
    await settle(1, second);
    expect(screen.getByText('about ₩13,500')).toBeInTheDocument();
    expect(asked).toHaveLength(2);
    await person.click(button('Add one Gimbap'));
    await asks(3);
  });

  it('goes back to what is saved, and says why, when it is refused', async () => {
    const { person } = renderPanel(begun);
    refuse('put', '/rooms/7/order/selection', { status: 409, code: 'order.confirmed' });
    await person.click(await screen.findByRole('button', { name: 'Add one Gimbap' }));
    expect(
      await screen.findByText(/^Your choice was not saved\. The order is confirmed/),
    ).toBeInTheDocument();
    expect(quantity('Gimbap')).toHaveTextContent('0');
  });

  it('asks for the menu again when a dish has just left it', async () => {
    const { person } = renderPanel(begun);
    const fields = [{ field: 'body.items[0].itemId', reason: 'is not on the menu' }];
    refuse('put', '/rooms/7/order/selection', { status: 422, code: 'request.invalid', fields });
    await screen.findByRole('button', { name: 'Add one Gimbap' });
    answer('get', '/stores/5', { store: aStore(), menu: menu.filter(({ id }) => id !== 52) });
    await person.click(button('Add one Gimbap'));
    expect(await screen.findByText(/A dish has just left the menu\./)).toBeInTheDocument();
    await waitFor(() =>
      expect(screen.queryByRole('button', { name: 'Add one Gimbap' })).not.toBeInTheDocument(),
    );
  });

  it('shows what the others choose as soon as the cache is told', async () => {
    const { cache } = renderPanel(begun);
    await screen.findByText(/1 of 3 have chosen/);
    const sora = aSelection(3, { Lemonade: 1 }, { done: true });
    answer('get', '/rooms/7/order', anOrder([...begun.selections, sora], { missing: [1] }));
    await act(() => cache.invalidateQueries({ queryKey: orderKeys.room(7) }));
    expect(await screen.findByText(/2 of 3 have chosen/)).toBeInTheDocument();
    expect(
      (await part('Sora')).getByRole('row', { name: 'Lemonade × 1 ₩3,000' }),
    ).toBeInTheDocument();
  });

  it('ends with "I have chosen", and begins again', async () => {
    const mine = aSelection(1, { Gimbap: 1 });
    const { person } = renderPanel(anOrder([mine], { missing: [1, 2, 3] }));
    const { asks, asked, settle } = savings();
    await person.click(await screen.findByRole('button', { name: 'I have chosen' }));
    expect(await screen.findByRole('button', { name: 'Choose again' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /^Add one/ })).not.toBeInTheDocument();
    expect(screen.getByText(/1 of 3 have chosen/)).toBeInTheDocument();
    await asks(1);
    await settle(0, anOrder([{ ...mine, done: true }], { missing: [2, 3] }));
    await person.click(button('Choose again'));
    expect(await screen.findByRole('button', { name: 'Add one Gimbap' })).toBeInTheDocument();
    await asks(2);
    const items = [{ itemId: 52, quantity: 1 }];
    expect(asked.map(({ body }) => body)).toEqual([
      { items, done: true },
      { items, done: false },
    ]);
  });

  it('may end with nothing for me', async () => {
    const { person } = renderPanel(begun);
    const asked = answer('put', '/rooms/7/order/selection', begun);
    await person.click(await screen.findByRole('button', { name: 'Nothing for me' }));
    await waitFor(() => expect(bodies(asked)).toEqual([{ items: [], done: true }]));
  });

  it('asks to choose again when a dish of mine left the menu', async () => {
    const mine = aSelection(1, { Gimbap: 1, Lemonade: 1 });
    const items = mine.items.map((line) => ({ ...line, available: line.name !== 'Gimbap' }));
    const { person } = renderPanel(anOrder([{ ...mine, items }], { missing: [1] }));
    const asked = answer('put', '/rooms/7/order/selection', begun);
    expect(await screen.findByRole('alert')).toHaveTextContent(/Gimbap left the menu/);
    expect(
      (await part('You')).getByRole('row', { name: /Gimbap × 1 not on the menu any more/ }),
    ).toBeInTheDocument();
    expect(button('I have chosen')).toBeDisabled();
    await person.click(button('Take it off'));
    await waitFor(() =>
      expect(bodies(asked)).toEqual([{ items: [{ itemId: 53, quantity: 1 }], done: false }]),
    );
  });

  it('does without the menu while that does not load', async () => {
    renderPanel(begun);
    refuse('get', '/stores/5', { status: 500, code: 'server.failed' });
    expect(await screen.findByText('The menu could not be loaded')).toBeInTheDocument();
    expect((await part('Ben')).getByRole('row', { name: 'Gimbap × 2 ₩7,000' })).toBeInTheDocument();
  });
});

describe('confirming', () => {
  const everybody = anOrder([
    aSelection(1, { Tteokbokki: 2 }, { done: true, deliveryShare: 1500 }),
    aSelection(2, { Gimbap: 1 }, { done: true, deliveryShare: 1500 }),
    aSelection(3, {}, { done: true }),
  ]);

  it('is for the host', async () => {
    renderPanel(everybody, { me: 2 });
    expect(await screen.findByText(/^The host confirms the order/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Confirm order' })).not.toBeInTheDocument();
  });

  it.each([
    ['somebody is still choosing', { ...everybody, missing: [3] }, /somebody is still choosing/],
    [
      'the minimum is not reached',
      { ...everybody, itemsTotal: 10_000 },
      'Not possible yet: ₩2,000 are missing to the minimum.',
    ],
    ['nobody wants anything', anOrder([aSelection(1, {}, { done: true })]), /nobody has chosen/],
  ])('says why not while %s', async (_what, order, why) => {
    renderPanel(order);
    const confirm = await screen.findByRole('button', { name: 'Confirm order' });
    expect(confirm).toBeDisabled();
    expect(confirm).toHaveAccessibleDescription(why);
  });

  it('asks first, with the total', async () => {
    const { person } = renderPanel(everybody);
    const confirmedAt = '2026-11-21T06:00:00Z';
    const asked = answer('put', '/rooms/7/order/confirmation', { ...everybody, confirmedAt });
    await person.click(await screen.findByRole('button', { name: 'Confirm order' }));
    const dialog = within(screen.getByRole('dialog', { name: 'Confirm the order?' }));
    expect(dialog.getByText(/^It costs ₩15,500 in all/)).toBeInTheDocument();
    expect(asked).toEqual([]);
    await person.click(dialog.getByRole('button', { name: 'Confirm order' }));
    expect(
      await screen.findByText(/^Confirmed at .*Dishes, prices and shares are fixed/),
    ).toBeInTheDocument();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['order.incomplete', 'Somebody has not chosen yet.'],
    ['order.empty', 'Nobody has chosen a dish yet.'],
    ['order.below_minimum', 'This is less than the store delivers.'],
    ['order.item_gone', /^A chosen dish is not on the menu any more/],
  ])('says what the server minds: %s', async (code, words) => {
    const { person } = renderPanel(everybody);
    refuse('put', '/rooms/7/order/confirmation', { status: 409, code });
    await person.click(await screen.findByRole('button', { name: 'Confirm order' }));
    const dialog = within(screen.getByRole('dialog'));
    await person.click(dialog.getByRole('button', { name: 'Confirm order' }));
    expect(await screen.findByText(words)).toBeInTheDocument();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });
});

describe('a confirmed order', () => {
  const confirmedAt = '2026-11-21T06:00:00Z';
  const received = { receivedAt: '2026-11-21T07:12:00Z' };
  const shares = [
    aSelection(1, { Tteokbokki: 2, Lemonade: 1 }, { done: true, deliveryShare: 1001 }),
    aSelection(2, { Gimbap: 1 }, { done: true, deliveryShare: 1000, ...received }),
    aSelection(3, {}, { done: true }),
  ];
  const fixed = anOrder(shares, { confirmedAt });

  /** The number at the end of a row. */
  const amount = (row: HTMLElement) =>
    Number(within(row).getByRole('cell').textContent.replace(/\D/g, ''));

  it('shows what each gets and pays; the parts add up to the order', async () => {
    renderPanel(fixed);
    expect(await screen.findByRole('table', { name: 'Who ordered what' })).toBeInTheDocument();
    const mine = (await part('You')).getAllByRole('row').map(amount);
    expect(mine).toEqual([13_001, 9000, 3000, 12_000, 1001]);
    expect(screen.getByRole('rowheader', { name: 'Ben Received' })).toBeInTheDocument();
    expect(screen.getByRole('rowheader', { name: 'Sora Nothing' })).toBeInTheDocument();
    const heads = [/^You/, /^Ben/, /^Sora/].map((name) => screen.getByRole('rowheader', { name }));
    const paid = heads.map((head) => amount(head.closest('tr') as HTMLElement));
    const total = amount(screen.getByRole('row', { name: /^All together/ }));
    expect(paid.reduce((sum, part) => sum + part)).toBe(total);
    expect(total).toBe(17_501);
    expect(screen.queryByRole('button', { name: /choose|chosen/i })).not.toBeInTheDocument();
  });

  it('can be received once it is delivered', async () => {
    const { change, person } = renderPanel(fixed, { room: { phase: 'DELIVERY_IN_PROGRESS' } });
    await screen.findByRole('table');
    expect(screen.queryByRole('button', { name: 'I received mine' })).not.toBeInTheDocument();
    change({ phase: 'DELIVERED' });
    const mine = shares.map((one) => (one.user === 1 ? { ...one, ...received } : one));
    answer('put', '/rooms/7/order/receipt', { ...fixed, selections: mine });
    await person.click(button('I received mine'));
    expect(await screen.findByText(/^You received yours at/)).toBeInTheDocument();
    expect(screen.getByRole('rowheader', { name: 'You Received' })).toBeInTheDocument();
  });

  it('says in words when it cannot be received yet', async () => {
    const { person } = renderPanel(fixed, { room: { phase: 'DELIVERED' } });
    refuse('put', '/rooms/7/order/receipt', { status: 409, code: 'order.not_delivered' });
    await person.click(await screen.findByRole('button', { name: 'I received mine' }));
    expect(await screen.findByRole('alert')).toHaveTextContent(/has not been delivered yet/);
  });

  it('has nothing to receive for those who ordered nothing', async () => {
    renderPanel(fixed, { room: { phase: 'DELIVERED' }, me: 3 });
    await screen.findByRole('table');
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });

  it('stays readable in a room that has ended, with those who left', async () => {
    const gone = theMembers().map((one) =>
      one.user.id === 2 ? { ...one, state: 'left' as const } : one,
    );
    renderPanel(fixed, { room: { state: 'closed', phase: 'DELIVERED' }, members: gone });
    expect(await screen.findByRole('rowheader', { name: 'Ben Received' })).toBeInTheDocument();
  });
});

it('says that an order was never confirmed, when it is too late for that', async () => {
  renderPanel(begun, { room: { phase: 'ORDER_COMPLETED' } });
  expect(await screen.findByText(/^This order was not confirmed here/)).toBeInTheDocument();
  expect((await part('Ben')).getByRole('row', { name: 'Gimbap × 2 ₩7,000' })).toBeInTheDocument();
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});

it('can be asked for again when it did not arrive', async () => {
  const { person } = renderPanel(begun);
  refuse('get', '/rooms/7/order', { status: 500, code: 'server.failed' });
  await screen.findByText(/Something went wrong on the server/);
  answer('get', '/rooms/7/order', begun);
  await person.click(button('Try again'));
  expect(await screen.findByText(/1 of 3 have chosen/)).toBeInTheDocument();
});
