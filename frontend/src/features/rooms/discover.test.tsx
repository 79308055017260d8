import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schema } from '@/api/client';
import { anArea, anOpenPage, anOpenRoom, aPickup } from '@/testing/places';
import { renderApp } from '@/testing/render-app';
import { answer, refuse, unreachable } from '@/testing/server';

const games = anOpenRoom(31, 'Board games', { hasPassword: true });
const snacks = anOpenRoom(32, 'Late snacks', { ...aPickup(134), memberCount: 12 });
const mine = anOpenRoom(33, 'Lunch', { joined: true });

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});
afterEach(() => vi.useRealTimers());

function open(page: Schema<'OpenRoomPage'> = anOpenPage([games, snacks, mine])) {
  return answer('get', '/rooms/open', page);
}

/** What the latest call asked for. */
const latest = (asked: { url: URL }[]) => Object.fromEntries(asked.at(-1)?.url.searchParams ?? []);

const rows = async () =>
  within(await screen.findByRole('list', { name: 'Open rooms' })).getAllByRole('listitem');

describe('the list of open rooms', () => {
  it('tells what each is like, in words', async () => {
    open();
    await renderApp('/discover');
    const [first, second, third] = await rows();
    expect(first).toHaveTextContent(/Board games.*3 of 12 seats taken.*Password.*Host: Minji/);
    expect(first).not.toHaveTextContent('Full');
    expect(second).toHaveTextContent(
      /Store 5 → Box 8.*12 of 12 seats taken.*Full.*2 h 14 min left/,
    );
    expect(second).not.toHaveTextContent('Password');
    expect(third).toHaveTextContent('You are in');
    expect(screen.getByText('3 rooms')).toBeInTheDocument();
  });

  it('says when there are more than were counted', async () => {
    open(anOpenPage([games], { total: 1000, totalIsExact: false }));
    await renderApp('/discover');
    expect(await screen.findByText('1000+ rooms')).toBeInTheDocument();
  });

  it('leads right into a room that one is in', async () => {
    open();
    await renderApp('/discover');
    expect(await screen.findByRole('link', { name: 'Lunch' })).toHaveAttribute('href', '/rooms/33');
  });

  it('invites to create a room when there is none', async () => {
    open(anOpenPage([]));
    await renderApp('/discover');
    expect(await screen.findByText('No room is open yet')).toBeInTheDocument();
    for (const link of screen.getAllByRole('link', { name: 'Create a room' })) {
      expect(link).toHaveAttribute('href', '/rooms/new');
    }
  });

  it('can be asked for again when it did not arrive', async () => {
    refuse('get', '/rooms/open', { status: 500, code: 'server.failed' });
    const { person } = await renderApp('/discover');
    await screen.findByText(/Something went wrong on the server/);
    open();
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await rows()).toHaveLength(3);
  });

  it('is asked for again every 15 seconds, and keeps what it has when that fails', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    open(anOpenPage([games]));
    await renderApp('/discover');
    await rows();
    open(anOpenPage([games, snacks]));
    act(() => vi.advanceTimersByTime(15_000));
    await waitFor(async () => expect(await rows()).toHaveLength(2));
    unreachable('get', '/rooms/open');
    act(() => vi.advanceTimersByTime(15_000));
    expect(await screen.findByText(/could not be refreshed/)).toBeInTheDocument();
    expect(await rows()).toHaveLength(2);
  });
});

describe('narrowing the list', () => {
  it('keeps every filter in the URL and asks the server with it', async () => {
    const asked = open();
    answer('get', '/areas', { items: [anArea()] });
    const { person, router } = await renderApp('/discover');
    await rows();
    await person.click(screen.getByRole('button', { name: 'Has a seat' }));
    await person.click(screen.getByRole('button', { name: 'No password' }));
    await person.selectOptions(screen.getByLabelText('Phase of the order'), 'Gathering');
    await waitFor(() =>
      expect(latest(asked)).toEqual({
        hasSeat: 'true',
        withoutPassword: 'true',
        phase: 'CREATED',
      }),
    );
    expect(router.state.location.search).toMatchObject({ hasSeat: true, phase: 'CREATED' });
    expect(screen.getByRole('button', { name: 'Has a seat' })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await person.click(screen.getByRole('button', { name: 'Has a seat' }));
    await waitFor(() => expect(latest(asked)).not.toHaveProperty('hasSeat'));
  });

  it('waits until the search text stands still, and starts at the first page', async () => {
    const asked = open();
    const { person, router } = await renderApp('/discover?page=3');
    await rows();
    expect(latest(asked)).toEqual({ page: '3' });
    await person.type(screen.getByLabelText('Search rooms or stores'), 'ramen ');
    await waitFor(() => expect(latest(asked)).toEqual({ q: 'ramen' }));
    expect(asked.map(({ url }) => url.searchParams.get('q'))).not.toContain('ram');
    expect(router.state.location.search).toEqual({ q: 'ramen' });
    expect(screen.getByLabelText('Search rooms or stores')).toHaveValue('ramen ');
  });

  it('finds a neighbourhood, which is named on its button and can be taken back', async () => {
    const asked = open();
    answer('get', '/areas', { items: [anArea(), anArea({ zip: '90102' })] });
    const { person, router } = await renderApp('/discover');
    await rows();
    await person.click(screen.getByRole('button', { name: 'Everywhere' }));
    const dialog = screen.getByRole('dialog', { name: 'Choose a neighbourhood' });
    await person.type(within(dialog).getByLabelText('Neighbourhood or zip code'), 'moon');
    // Two zip codes of one neighbourhood lead to the same boxes.
    await person.click(await within(dialog).findByRole('button', { name: /^Moonlight/ }));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    await waitFor(() => expect(latest(asked)).toEqual({ zip: '90101' }));
    expect(router.state.location.search).toEqual({ zip: '90101' });

    await person.click(await screen.findByRole('button', { name: 'Moonlight' }));
    await person.click(screen.getByRole('button', { name: 'Everywhere' }));
    await waitFor(() => expect(latest(asked)).toEqual({}));
  });

  it('can be loosened at once when nothing fits', async () => {
    open(anOpenPage([]));
    answer('get', '/areas', { items: [] });
    const { person, router } = await renderApp('/discover?q=soup&hasSeat=true&zip=90101');
    await screen.findByText('No room fits');
    expect(screen.getByLabelText('Search rooms or stores')).toHaveValue('soup');
    await person.click(screen.getByRole('button', { name: 'Clear all filters' }));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
    expect(screen.getByLabelText('Search rooms or stores')).toHaveValue('');
  });

  it('walks through the pages and keeps the filters', async () => {
    const asked = open(anOpenPage([games], { page: 2, size: 1, total: 3 }));
    const { person, router } = await renderApp('/discover?hasSeat=true&page=2');
    expect(await screen.findByText('Page 2 of 3')).toBeInTheDocument();
    await person.click(screen.getByRole('link', { name: 'Next page' }));
    await waitFor(() => expect(latest(asked)).toEqual({ hasSeat: 'true', page: '3' }));
    await person.click(screen.getByRole('link', { name: 'Previous page' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ hasSeat: true }));
  });

  it('leads back from a page that has become empty', async () => {
    open(anOpenPage([], { page: 9 }));
    const { person, router } = await renderApp('/discover?page=9');
    await person.click(await screen.findByRole('button', { name: 'To the first page' }));
    await waitFor(() => expect(router.state.location.search).toEqual({}));
  });
});
