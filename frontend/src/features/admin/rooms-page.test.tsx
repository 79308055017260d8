import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import type { Schema } from '@/api/client';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, unreachable } from '@/testing/server';

const admin = aUser({ role: 'admin' });
const pickup: Schema<'AdminRoom'> = {
  ...{ id: 40, kind: 'group', state: 'open', phase: 'ORDER_STARTED', storeId: 3, boxId: 2 },
  ...{ members: 5, capacity: 12, messages: 1234, readings: 'local' },
  ...{ createdAt: '2026-11-20T08:00:00Z', closesAt: null },
};

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});

it('tells of rooms how many and how far, and of none what is in it', async () => {
  const direct = { ...pickup, id: 39, kind: 'direct', phase: null, storeId: null, boxId: null };
  answer('get', '/admin/rooms', { items: [pickup, { ...direct, capacity: null }], next: null });
  await renderApp('/admin/rooms', admin);
  const rows = within(await screen.findByRole('table', { name: 'Rooms' })).getAllByRole('row');
  expect(rows[1]).toHaveTextContent(
    /No\. 40 · Group.*Open Ordering.*5 of 12.*1,234.*On this server.*Store 3, box 2/,
  );
  expect(rows[2]).toHaveTextContent(/No\. 39 · Direct.*Open.*5.*1,234/);
  expect(screen.getByText(/members’ alone/)).toBeInTheDocument();
});

it('is narrowed by what its address says', async () => {
  const asked = answer('get', '/admin/rooms', { items: [], next: null });
  const { person } = await renderApp('/admin/rooms?kind=group&phase=nonsense', admin);
  await screen.findByText('Nothing fits');
  await person.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'Ended');
  await waitFor(() =>
    expect(Object.fromEntries(asked.at(-1)?.url.searchParams ?? [])).toEqual({
      ...{ kind: 'group', state: 'closed' },
    }),
  );
});

it('can be asked for again when no answer came', async () => {
  unreachable('get', '/admin/rooms');
  const { person } = await renderApp('/admin/rooms', admin);
  expect(await screen.findByRole('alert')).toHaveTextContent('cannot be reached');
  answer('get', '/admin/rooms', { items: [pickup], next: null });
  await person.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('table')).toBeInTheDocument();
});
