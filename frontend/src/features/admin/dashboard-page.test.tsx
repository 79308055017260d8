import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { statsQuery } from '@/features/admin/overview-queries';
import { someStats } from '@/testing/admin';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const admin = aUser({ role: 'admin' });
const remote = {
  ...{ host: 'models.example.org', model: 'small-1', breaker: 'open', waiting: 4 },
  ...{ readings: 1102, calls: 1140, failures: 38, fallbacks: 41, cost: 0.38, budgetLeft: 0.62 },
  ...{ inputTokens: 412330, outputTokens: 66120, p50: 0.41, p95: 1.734 },
};

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
  answer('get', '/admin/stats', someStats(7));
  answer('get', '/admin/emotion', { mode: 'openai', model: '2026-11-c4', remote });
});

function numbersOf(name: string) {
  const group = within(screen.getByRole('region', { name }));
  const text = (element: Element) => element.textContent;
  return group
    .getAllByRole('term')
    .map((term, i) => `${text(term)} ${group.getAllByRole('definition').map(text)[i]}`);
}

it('tells who is here, how accounts stand, and how far rooms are', async () => {
  await renderApp('/admin/dashboard', admin);
  await screen.findByRole('region', { name: 'Online now' });
  expect(numbersOf('Online now')).toEqual(['People 12', 'Sessions 15', 'Servers 2']);
  expect(numbersOf('Accounts')).toEqual(['Active 1,234', 'Needs a new password 1', 'Closed 3']);
  expect(numbersOf('Rooms that are open')).toEqual([
    'Direct 40',
    'Group · without a pickup 7',
    'Group · Gathering 5',
  ]);
});

it('draws each number of the days, which a table says, too', async () => {
  const { person } = await renderApp('/admin/dashboard', admin);
  const sliders = await screen.findAllByRole('slider');
  expect(sliders.map((one) => one.getAttribute('aria-valuetext'))).toEqual([
    'Sat, Nov 21: 16',
    'Sat, Nov 21: 6',
    'Sat, Nov 21: 600',
    'Sat, Nov 21: On this server 480, Remote 120',
    'Sat, Nov 21: 0.06',
  ]);
  const readings = screen.getByRole('slider', { name: 'Readings: walk through the days' });
  fireEvent.change(readings, { target: { value: '0' } });
  expect(readings).toHaveAttribute('aria-valuetext', 'Sun, Nov 15: none');

  const [, , , fold] = screen.getAllByText('Show as a table');
  if (fold) await person.click(fold);
  const table = screen.getByRole('table', { name: 'Readings' });
  const last = within(table).getAllByRole('row').at(-1);
  expect([...(last?.children ?? [])].map((cell) => cell.textContent)).toEqual([
    ...['Sat, Nov 21', '480', '120', '0'],
  ]);
  // Visitors do not add up: who comes every day is still one person.
  expect(screen.getAllByText(/^Together/).map((one) => one.textContent)).toEqual([
    ...['Together: 21', 'Together: 2,100', 'Together: 2,100', 'Together: 0.21'],
  ]);
});

it('goes as far back as its address says, and keeps the older numbers until then', async () => {
  const { person, router } = await renderApp('/admin/dashboard', admin);
  await screen.findAllByRole('slider');
  const asked = answer('get', '/admin/stats', someStats(30));
  await person.click(screen.getByRole('radio', { name: '30 days' }));
  await waitFor(() => expect(asked[0]?.url.searchParams.get('days')).toBe('30'));
  expect(router.state.location.search).toEqual({ days: 30 });
  await waitFor(() => expect(screen.getAllByRole('slider')[0]).toHaveAttribute('max', '29'));
});

it('says how the engines are doing', async () => {
  await renderApp('/admin/dashboard', admin);
  expect(await screen.findByText('Left alone, because it failed too often')).toBeInTheDocument();
  expect(screen.getByText('1.73 s')).toBeInTheDocument();
  expect(screen.getByText('62%')).toBeInTheDocument();
});

it('shows what it had when it cannot be refreshed, and says so', async () => {
  const { cache } = await renderApp('/admin/dashboard', admin);
  await screen.findAllByRole('slider');
  refuse('get', '/admin/stats', { status: 403, code: 'auth.forbidden' });
  await cache.refetchQueries({ queryKey: statsQuery(7).queryKey });
  expect(await screen.findByText(/could not be refreshed/)).toBeInTheDocument();
  expect(screen.getAllByRole('slider')).toHaveLength(5);
});
