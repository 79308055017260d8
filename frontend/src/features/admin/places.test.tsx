import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { aUser } from '@/testing/people';
import { aBox, aStore } from '@/testing/places';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const admin = aUser({ role: 'admin' });
const soup = { id: 4, section: 'Soups', name: 'Rice soup', price: 9000, active: true };

function pageOf(items: object[], total = items.length) {
  return { items, page: 1, size: 20, total };
}

function inDialog() {
  return within(screen.getAllByRole('dialog').at(-1) ?? document.body);
}

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
  answer('get', '/admin/stores/2', { store: aStore(2), menu: [soup] });
});

describe('stores', () => {
  it('are found by name, page by page', async () => {
    const asked = answer('get', '/admin/stores', pageOf([aStore(2), aStore(3)], 45));
    const { person, router } = await renderApp('/admin/stores?q=store', admin);
    expect(await screen.findByText('45 entries')).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Next page' }));
    await waitFor(() => expect(router.state.location.search.page).toBe(2));
    await waitFor(() =>
      expect(Object.fromEntries(asked.at(-1)?.url.searchParams ?? [])).toEqual({
        ...{ q: 'store', page: '2' },
      }),
    );
  });

  it('are added when all is right, and then stand open', async () => {
    answer('get', '/admin/stores', pageOf([]));
    const { person, router } = await renderApp('/admin/stores', admin);
    await person.click(await screen.findByRole('button', { name: 'Add a store' }));
    const asked = answer('post', '/admin/stores', aStore(2), 201);
    await person.click(inDialog().getByRole('button', { name: 'Add' }));
    expect(screen.getByLabelText('Name')).toHaveAccessibleDescription(/1 to 80/);
    expect(screen.getByLabelText('Kind of food')).toHaveAccessibleDescription(/choose one/);
    await person.selectOptions(screen.getByLabelText('Kind of food'), 'Snacks');
    for (const [field, text] of [
      ...[['Name', ' Star soup '] as const, ['Address', 'Moon Street 2'] as const],
      ...[['Latitude', '37.5'] as const, ['Longitude', '127'] as const],
      ...[['Smallest order (won)', '9,000'] as const, ['Delivery (won)', '0'] as const],
    ]) {
      fireEvent.change(screen.getByLabelText(field), { target: { value: text } });
    }
    expect(asked).toEqual([]);
    await person.click(inDialog().getByRole('button', { name: 'Add' }));
    expect(await screen.findByRole('heading', { name: 'Store 2', level: 1 })).toBeInTheDocument();
    expect(router.state.location.pathname).toBe('/admin/stores/2');
    expect(asked[0]?.body).toEqual({
      ...{ name: 'Star soup', category: 'snack', address: 'Moon Street 2', active: true },
      ...{ lat: 37.5, lng: 127, minOrder: 9000, deliveryFee: 0 },
    });
  });

  it('have a menu whose dishes change', async () => {
    const { person } = await renderApp('/admin/stores/2', admin);
    await person.click(await screen.findByRole('button', { name: 'Change Rice soup' }));
    const price = screen.getByLabelText('Price (won)');
    await person.clear(price);
    await person.type(price, '9500');
    const asked = answer('put', '/admin/stores/2/menu/4', { ...soup, price: 9500 });
    answer('get', '/admin/stores/2', { store: aStore(2), menu: [{ ...soup, price: 9500 }] });
    await person.click(inDialog().getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('₩9,500')).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ ...soup, price: 9500, id: undefined });
  });

  it('have dishes that are off the menu, stay so when they are changed, and come back', async () => {
    const off = { ...soup, active: false };
    answer('get', '/admin/stores/2', { store: aStore(2), menu: [off] });
    const asked = answer('put', '/admin/stores/2/menu/4', off);
    const { person } = await renderApp('/admin/stores/2', admin);
    expect(await screen.findByText('Off the menu')).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Change Rice soup' }));
    await person.click(inDialog().getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(asked[0]?.body).toEqual({ ...off, id: undefined }));
    answer('get', '/admin/stores/2', { store: aStore(2), menu: [soup] });
    await person.click(screen.getByRole('button', { name: 'Put Rice soup back on the menu' }));
    expect(await screen.findByText('The dish is on the menu again.')).toBeInTheDocument();
    expect(asked[1]?.body).toEqual({ ...soup, id: undefined });
    expect(
      await screen.findByRole('button', { name: 'Take Rice soup off the menu' }),
    ).toBeVisible();
  });

  it('keep what was entered when the server is not there', async () => {
    const { person } = await renderApp('/admin/stores/2', admin);
    await person.click(await screen.findByRole('button', { name: 'Change the store' }));
    refuse('put', '/admin/stores/2', { status: 500, code: 'server.failed' });
    await person.click(inDialog().getByRole('button', { name: 'Save' }));
    expect(await inDialog().findByText(/Something went wrong/)).toBeInTheDocument();
    expect(screen.getByLabelText('Name')).toHaveValue('Store 2');
  });
});

/** Sends what a form adds, loses the answer, and sends it again: both go by one key. */
async function addedOnce(
  person: { click: (on: Element) => Promise<void> },
  path: string,
  open: string,
  values: Record<string, string>,
  made: object,
) {
  await person.click(await screen.findByRole('button', { name: open }));
  for (const [field, value] of Object.entries(values)) {
    fireEvent.change(inDialog().getByLabelText(field), { target: { value } });
  }
  const failed = answer('post', path, { code: 'server.failed', detail: '' }, 500);
  await person.click(inDialog().getByRole('button', { name: 'Add' }));
  expect(await inDialog().findByText(/Something went wrong/)).toBeInTheDocument();
  const asked = answer('post', path, made, 200);
  await person.click(inDialog().getByRole('button', { name: 'Add' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  const [first, second] = [failed, asked].map((one) => one[0]?.headers.get('Idempotency-Key'));
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toBe(first);
  return first;
}

const moon = { Name: 'Moon', Address: 'Moon Street 2', Latitude: '37.5', Longitude: '127' };

describe('what is added', () => {
  it('is one store even when it is sent twice', async () => {
    answer('get', '/admin/stores', pageOf([]));
    const { person } = await renderApp('/admin/stores', admin);
    const wanted = {
      'Smallest order (won)': '9000',
      'Delivery (won)': '0',
      'Kind of food': 'snack',
    };
    const store = { ...moon, ...wanted };
    await addedOnce(person, '/admin/stores', 'Add a store', store, aStore(2));
  });

  it('is one dish for each time that the form is opened', async () => {
    const { person } = await renderApp('/admin/stores/2', admin);
    const dish = { Section: 'Soups', Dish: 'Rice soup', 'Price (won)': '9000' };
    const add = () => addedOnce(person, '/admin/stores/2/menu', 'Add a dish', dish, soup);
    const once = await add();
    expect(await add()).not.toBe(once);
  });

  it('is one box even when it is sent twice', async () => {
    answer('get', '/admin/boxes', pageOf([]));
    const { person } = await renderApp('/admin/boxes', admin);
    const box = { ...moon, 'Zip code': '90101' };
    await addedOnce(person, '/admin/boxes', 'Add a box', box, aBox(5));
  });
});

describe('boxes', () => {
  it('get a new key, which is shown once', async () => {
    answer('get', '/admin/boxes', pageOf([aBox(5)]));
    const { person } = await renderApp('/admin/boxes', admin);
    await person.click(await screen.findByRole('button', { name: 'Do something with Box 5' }));
    await person.click(screen.getByRole('menuitem', { name: 'Make a new key' }));
    answer('post', '/admin/boxes/5/key', { key: 'lantern-key' }, 201);
    await person.click(inDialog().getByRole('button', { name: 'Make a key' }));
    expect(await screen.findByText('lantern-key')).toBeInTheDocument();
    await person.click(inDialog().getByRole('button', { name: 'I have it' }));
    expect(screen.queryByText('lantern-key')).not.toBeInTheDocument();
  });

  it('stay in use while a room holds them, and the admin is told why', async () => {
    answer('get', '/admin/boxes', pageOf([aBox(5, { booked: true })]));
    const { person } = await renderApp('/admin/boxes', admin);
    expect(await screen.findByText('Works · Held by a room')).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Do something with Box 5' }));
    await person.click(screen.getByRole('menuitem', { name: 'Take out of use' }));
    refuse('delete', '/admin/boxes/5', { status: 409, code: 'box.booked' });
    await person.click(inDialog().getByRole('button', { name: 'Take out of use' }));
    expect(await screen.findByText(/Another room has this box/)).toBeInTheDocument();
  });
});
