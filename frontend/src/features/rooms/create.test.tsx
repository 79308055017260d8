import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { prefer, preferences } from '@/lib/preferences';
import { aGroup, aPage } from '@/testing/messages';
import { aBox, anArea, anOpenPage, aStore, aStorePage } from '@/testing/places';
import { renderApp } from '@/testing/render-app';
import { answer, refuse, server } from '@/testing/server';

const made = aGroup({ id: 40, title: 'Noodles' });

beforeEach(() => {
  prefer({ zip: undefined });
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
  answer('get', '/rooms/open', anOpenPage([]));
  answer('get', '/areas', { items: [anArea()] });
  answer('get', '/boxes', {
    items: [aBox(7), aBox(8), aBox(9, { booked: true }), aBox(10, { condition: 'repair' })],
  });
  answer('get', '/stores', aStorePage([aStore(5), aStore(6, { category: 'pizza' })]));
  answer('get', '/rooms/40', made);
  answer('get', '/rooms/40/messages', aPage([]));
  answer('get', '/rooms/40/members', { items: [] });
});

type View = Awaited<ReturnType<typeof renderApp>>;

async function next({ person }: View) {
  await person.click(screen.getByRole('button', { name: 'Next' }));
}

const heading = (name: string) => screen.findByRole('heading', { level: 1, name });

/** As far as the last step of a pickup room with box 8 and store 5. */
async function pickupDetails(): Promise<View> {
  const view = await renderApp('/rooms/new');
  const { person } = view;
  await person.click(await screen.findByRole('radio', { name: 'Order together' }));
  await next(view);
  await person.type(await screen.findByLabelText('Neighbourhood or zip code'), 'moon');
  await person.click(await screen.findByRole('button', { name: /^Moonlight/ }));
  await person.click(await screen.findByRole('radio', { name: 'Box 8' }));
  await next(view);
  await person.click(await screen.findByRole('radio', { name: 'Store 5' }));
  await next(view);
  await heading('Describe the room');
  return view;
}

async function plainDetails(): Promise<View> {
  const view = await renderApp('/rooms/new');
  await view.person.click(await screen.findByRole('radio', { name: 'Talk together' }));
  await next(view);
  await heading('Describe the room');
  return view;
}

const submit = ({ person }: View) =>
  person.click(screen.getByRole('button', { name: 'Create the room' }));

describe('creating a plain room', () => {
  it('takes two steps and ends in the room', async () => {
    const asked = answer('post', '/rooms', made, 201);
    const view = await plainDetails();
    expect(screen.getByText('Step 2 of 2')).toBeInTheDocument();
    await view.person.type(screen.getByLabelText('Title'), ' Noodles ');
    await view.person.click(screen.getByRole('button', { name: 'One seat more' }));
    await view.person.type(screen.getByLabelText('Password (optional)'), 'moonlight{Enter}');
    await waitFor(() => expect(view.router.state.location.pathname).toBe('/rooms/40'));
    expect(asked[0]?.body).toEqual({
      kind: 'group',
      title: 'Noodles',
      capacity: 11,
      password: 'moonlight',
    });
  });

  it('does not go on before a kind is chosen', async () => {
    const view = await renderApp('/rooms/new');
    await heading('What is the room for?');
    await next(view);
    expect(screen.getByText('Please choose one of the two.')).toBeInTheDocument();
  });

  it('marks what is missing, puts the focus there, and asks nobody', async () => {
    const view = await plainDetails();
    await view.person.clear(screen.getByLabelText('Seats'));
    await view.person.type(screen.getByLabelText('Seats'), '1');
    await submit(view);
    expect(screen.getByLabelText('Title')).toHaveFocus();
    expect(screen.getByLabelText('Title')).toHaveAccessibleDescription(/1 to 60 letters/);
    expect(screen.getByLabelText('Seats')).toHaveAccessibleDescription(/from 2 to 100/);
  });

  it('shows at its field what the server refuses', async () => {
    const view = await plainDetails();
    await view.person.type(screen.getByLabelText('Title'), 'Noodles');
    refuse('post', '/rooms', { status: 409, code: 'room.title_taken' });
    await submit(view);
    const title = screen.getByLabelText('Title');
    await waitFor(() => expect(title).toHaveAccessibleDescription(/with this title already/));
    expect(title).toHaveFocus();
    await view.person.type(title, '!');
    expect(title).toBeValid();

    refuse('post', '/rooms', {
      status: 422,
      code: 'request.invalid',
      fields: [{ field: 'body.capacity', reason: 'must be at most 100' }],
    });
    await submit(view);
    const seats = screen.getByLabelText('Seats');
    await waitFor(() => expect(seats).toHaveAccessibleDescription(/does not allow so many/));
    expect(screen.getByLabelText('Title')).toHaveValue('Noodles!');
  });

  it('sends the same key again after a lost answer, so that no second room is made', async () => {
    const view = await plainDetails();
    await view.person.type(screen.getByLabelText('Title'), 'Noodles');
    const keys: (string | null)[] = [];
    server.use(
      http.post('*/api/v1/rooms', ({ request }) => {
        keys.push(request.headers.get('Idempotency-Key'));
        return keys.length === 1 ? HttpResponse.error() : HttpResponse.json(made);
      }),
    );
    await submit(view);
    expect(await screen.findByText(/trying again makes no second room/)).toBeInTheDocument();
    await submit(view);
    await waitFor(() => expect(view.router.state.location.pathname).toBe('/rooms/40'));
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('creating a pickup room', () => {
  it('chooses a box and a store first, and ends in the room', async () => {
    const asked = answer('post', '/rooms', made, 201);
    const stores = answer('get', '/stores', aStorePage([aStore(5)]));
    const view = await pickupDetails();
    expect(Object.fromEntries(stores[0]?.url.searchParams ?? [])).toEqual({
      lat: '37.5',
      lng: '127.01',
      page: '1',
    });
    const summary = screen.getByRole('region', { name: 'What you chose' });
    expect(summary).toHaveTextContent(/Order together.*Box 8.*Store 5/);
    await view.person.type(screen.getByLabelText('Title'), 'Noodles');
    await submit(view);
    await waitFor(() => expect(view.router.state.location.pathname).toBe('/rooms/40'));
    expect(asked[0]?.body).toEqual({
      kind: 'group',
      title: 'Noodles',
      capacity: 4,
      pickup: { boxId: 8, storeId: 5 },
    });
  });

  it('keeps everything on the way back and forth, and has each step in the URL', async () => {
    const view = await pickupDetails();
    const { person, router } = view;
    await person.type(screen.getByLabelText('Title'), 'Noodles');
    expect(router.state.location.search).toEqual({ step: 'details' });
    await person.click(screen.getByRole('link', { name: 'Change: Pickup box' }));
    expect(await screen.findByRole('radio', { name: 'Box 8' })).toBeChecked();
    expect(router.state.location.search).toEqual({ step: 'box' });
    // A phone has one at the top, too.
    for (const back of screen.getAllByRole('link', { name: 'Back' })) {
      expect(back).toHaveAttribute('href', '/rooms/new?step=kind');
    }
    await next(view);
    expect(await screen.findByRole('radio', { name: 'Store 5' })).toBeChecked();
    await next(view);
    expect(await screen.findByLabelText('Title')).toHaveValue('Noodles');
  });

  it('does not skip what is not chosen yet', async () => {
    const { router } = await renderApp('/rooms/new?step=details');
    await heading('What is the room for?');
    expect(router.state.location.search).toEqual({ step: 'kind' });
  });

  it('shows boxes that are not to be had, and says why', async () => {
    prefer({ zip: '90101' }); // It starts where one was last time.
    const view = await renderApp('/rooms/new');
    await view.person.click(await screen.findByRole('radio', { name: 'Order together' }));
    await next(view);
    expect(await screen.findByText('Moonlight')).toBeInTheDocument();
    const booked = await screen.findByRole('radio', { name: 'Box 9' });
    expect(booked).toBeDisabled();
    expect(booked).toHaveAccessibleDescription(/In use by another room.*Moon Street 9/);
    expect(screen.getByRole('radio', { name: 'Box 10' })).toHaveAccessibleDescription(/repaired/);
    expect(screen.getByText('2 boxes are free here.')).toBeInTheDocument();
    await next(view);
    expect(screen.getByText('Please choose a box that is free.')).toBeInTheDocument();
  });

  it('offers the neighbourhood of last time, and takes the first one found at Enter', async () => {
    prefer({ zip: '90101' });
    const boxes = answer('get', '/boxes', { items: [aBox(7)] });
    const view = await renderApp('/rooms/new');
    const { person } = view;
    await person.click(await screen.findByRole('radio', { name: 'Order together' }));
    await next(view);
    await person.click(await screen.findByRole('button', { name: 'Change: Neighbourhood' }));
    const last = within(await screen.findByRole('list', { name: 'Last time' }));
    expect(last.getByRole('button')).toHaveTextContent('Moonlight Gaon Dalbit');

    answer('get', '/areas', { items: [anArea({ zip: '31007', neighbourhood: 'Starlight' })] });
    await person.type(screen.getByLabelText('Neighbourhood or zip code'), 'star');
    await screen.findByRole('button', { name: /^Starlight/ });
    await person.keyboard('{Enter}');
    await screen.findByRole('radio', { name: 'Box 7' });
    expect(boxes.map(({ url }) => url.searchParams.get('zip'))).toEqual(['90101', '31007']);
    expect(preferences().zip).toBe('31007');
  });

  it('goes back to the boxes when another room was faster, and keeps the rest', async () => {
    const view = await pickupDetails();
    const { person, router } = view;
    await person.type(screen.getByLabelText('Title'), 'Noodles');
    refuse('post', '/rooms', { status: 409, code: 'box.booked' });
    answer('get', '/boxes', { items: [aBox(7), aBox(8, { booked: true })] });
    await submit(view);
    await heading('Where do you pick it up?');
    expect(screen.getByText(/another room took this box/)).toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole('radio', { name: 'Box 8' })).toBeDisabled());
    await person.click(screen.getByRole('radio', { name: 'Box 7' }));
    expect(screen.queryByText(/another room took this box/)).not.toBeInTheDocument();
    await next(view);
    expect(await screen.findByRole('radio', { name: 'Store 5' })).toBeChecked();
    await next(view);
    expect(await screen.findByLabelText('Title')).toHaveValue('Noodles');

    const asked = answer('post', '/rooms', made, 201);
    await submit(view);
    await waitFor(() => expect(router.state.location.pathname).toBe('/rooms/40'));
    expect(asked[0]?.body).toMatchObject({ pickup: { boxId: 7, storeId: 5 } });
  });

  it('goes back to the stores when the chosen one is gone', async () => {
    const view = await pickupDetails();
    await view.person.type(screen.getByLabelText('Title'), 'Noodles');
    refuse('post', '/rooms', { status: 404, code: 'store.not_found' });
    await submit(view);
    await heading('Where do you order?');
    expect(screen.getByText(/This store takes no orders any more/)).toBeInTheDocument();
    expect(screen.getByRole('radio', { name: 'Store 5' })).not.toBeChecked();
  });
});

describe('choosing a store', () => {
  async function stores() {
    prefer({ zip: '90101' });
    const view = await renderApp('/rooms/new');
    await view.person.click(await screen.findByRole('radio', { name: 'Order together' }));
    await next(view);
    await view.person.click(await screen.findByRole('radio', { name: 'Box 8' }));
    await next(view);
    await screen.findByRole('radio', { name: 'Store 5' });
    return view;
  }

  it('tells what each sells and costs, and how far it is', async () => {
    await stores();
    expect(screen.getByRole('radio', { name: 'Store 5' })).toHaveAccessibleDescription(
      '500 m Snacks · from ₩12,000 · delivery ₩3,000',
    );
  });

  it('narrows by kind of food and by name, and keeps what was chosen in sight', async () => {
    const view = await stores();
    await view.person.click(screen.getByRole('radio', { name: 'Store 5' }));
    const asked = answer('get', '/stores', aStorePage([aStore(6)]));
    const kinds = within(screen.getByRole('radiogroup', { name: 'Kind of food' }));
    await view.person.click(kinds.getByRole('radio', { name: 'Pizza' }));
    await view.person.type(screen.getByLabelText('Search stores by name'), 'oven{Enter}');
    await waitFor(() =>
      expect(Object.fromEntries(asked.at(-1)?.url.searchParams ?? [])).toMatchObject({
        category: 'pizza',
        q: 'oven',
      }),
    );
    expect(await screen.findByText('Chosen: Store 5')).toBeInTheDocument();
    // Enter only ended the search; the step is left by its button.
    expect(view.router.state.location.search).toEqual({ step: 'store' });
  });

  it('shows more of them when asked', async () => {
    answer('get', '/stores', aStorePage([aStore(5)], { size: 1, total: 2 }));
    const view = await stores();
    expect(screen.getByText('2 stores')).toBeInTheDocument();
    const asked = answer('get', '/stores', aStorePage([aStore(6)], { page: 2, size: 1, total: 2 }));
    await view.person.click(screen.getByRole('button', { name: 'Show more stores' }));
    expect(await screen.findByRole('radio', { name: 'Store 6' })).toBeInTheDocument();
    expect(asked[0]?.url.searchParams.get('page')).toBe('2');
    expect(screen.queryByRole('button', { name: 'Show more stores' })).not.toBeInTheDocument();
  });

  it('says when nothing fits, and shows all again', async () => {
    const view = await stores();
    answer('get', '/stores', aStorePage([]));
    await view.person.type(screen.getByLabelText('Search stores by name'), 'zzz');
    await screen.findByText('No store was found');
    answer('get', '/stores', aStorePage([aStore(5)]));
    await view.person.click(screen.getByRole('button', { name: 'Show all stores' }));
    expect(await screen.findByRole('radio', { name: 'Store 5' })).toBeInTheDocument();
  });
});
