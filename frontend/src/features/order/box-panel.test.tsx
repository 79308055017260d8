import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it } from 'vitest';
import type { Schema } from '@/api/client';
import { createQueryClient } from '@/app/query-client';
import { BoxPanel } from '@/features/order/box-panel';
import { aPickupRoom } from '@/testing/orders';
import { answer, refuse } from '@/testing/server';

function renderPanel(change: Partial<Schema<'Room'>> = {}) {
  const cache = createQueryClient();
  const room = aPickupRoom(change);
  render(
    <QueryClientProvider client={cache}>
      <BoxPanel room={room} />
    </QueryClientProvider>,
  );
  const box = room.pickup?.box;
  return { cache, person: userEvent.setup(), box };
}

it('says which box it is and where, with a way to a map', () => {
  renderPanel();
  expect(screen.getByRole('heading', { name: 'Pickup box' })).toBeInTheDocument();
  expect(screen.getByRole('group')).toHaveTextContent(/Box at the corner.*3 Moonlight Road/);
  expect(screen.getByRole('link', { name: 'Show Box at the corner on a map' })).toHaveAttribute(
    'href',
    'geo:37.501,127.012?q=37.501,127.012(Box%20at%20the%20corner)',
  );
});

it('shows a code with its leading zero, digit by digit to those who listen, until it is hidden', async () => {
  const { cache, person, box } = renderPanel();
  answer('post', '/rooms/7/box-code', { code: '048213', box }, 201);
  await person.click(screen.getByRole('button', { name: 'Show my code' }));
  expect(await screen.findByText('0, 4, 8, 2, 1, 3')).toBeInTheDocument();
  expect(screen.getByText('048')).toBeInTheDocument();
  expect(screen.getByText('213')).toBeInTheDocument();
  await person.click(screen.getByRole('button', { name: 'Hide it' }));
  expect(screen.queryByText('048')).not.toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Show my code' })).toBeInTheDocument();
  expect(
    JSON.stringify(
      cache
        .getMutationCache()
        .getAll()
        .map(({ state }) => state.data),
    ),
  ).not.toContain('048213');
});

it('makes a new code, which takes the place of the old one', async () => {
  const { person, box } = renderPanel();
  answer('post', '/rooms/7/box-code', { code: '048213', box }, 201);
  await person.click(screen.getByRole('button', { name: 'Show my code' }));
  await screen.findByText('048');
  expect(screen.getByText(/^It works once\. A new one makes the old one void/)).toBeInTheDocument();
  answer('post', '/rooms/7/box-code', { code: '777000', box }, 201);
  await person.click(screen.getByRole('button', { name: 'Make a new code' }));
  expect(await screen.findByText('777')).toBeInTheDocument();
  expect(screen.queryByText('048')).not.toBeInTheDocument();
});

it('says why there is no code', async () => {
  const { person } = renderPanel();
  refuse('post', '/rooms/7/box-code', { status: 409, code: 'room.closed' });
  await person.click(screen.getByRole('button', { name: 'Show my code' }));
  expect(await screen.findByRole('alert')).toHaveTextContent(
    'There is no code. This room has ended.',
  );
});

it('tells that the courier was there', () => {
  renderPanel({ phase: 'DELIVERED' });
  expect(screen.getByText(/^The courier was here/)).toBeInTheDocument();
});

it('has no code in a room that has ended', () => {
  renderPanel({ state: 'closed' });
  expect(screen.getByText(/does not hold the box any more/)).toBeInTheDocument();
  expect(screen.queryByRole('button')).not.toBeInTheDocument();
});

it('is nothing in a room without a pickup', () => {
  renderPanel({ pickup: null });
  expect(screen.queryByRole('heading')).not.toBeInTheDocument();
});
