import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { byActivity, membersQuery, newest, roomsQuery, withRoom } from '@/features/rooms/queries';
import { aGroup, aLine, aMember, aPickupRoom } from '@/testing/messages';
import { aFriend, aMessage, aRoom } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const minji = { id: 2, nickname: 'Minji' };
const ben = { id: 3, nickname: 'Ben' };
const old = aRoom(11, minji, {
  lastMessage: aMessage(4, 2, 'Good night', { sentAt: '2026-11-19T12:00:00Z' }),
});
const recent = aRoom(12, ben, {
  unread: 3,
  lastMessage: aMessage(9, 1, 'On my way', { sentAt: '2026-11-20T12:00:00Z' }),
});

beforeEach(() => {
  answer('get', '/rooms', { items: [old, recent] });
  answer('get', '/friends', { items: [aFriend(2, 'Minji', { online: true })] });
});

const rows = async () =>
  within(await screen.findByRole('list', { name: 'My chats' })).getAllByRole('link');

describe('the list of chats', () => {
  it('shows who, the last words, the unread count and who is online, the latest first', async () => {
    await renderApp('/chats');
    const [first, second] = await rows();
    expect(first).toHaveTextContent(/Ben.*You: On my way.*3 unread messages/);
    expect(second).toHaveTextContent('Good night');
    expect(
      await within(second as HTMLElement).findByRole('img', { name: 'Online' }),
    ).toBeInTheDocument();
    expect(second).not.toHaveTextContent('unread');
  });

  it('tells in the title and beside the section how much is unread', async () => {
    await renderApp('/chats');
    await waitFor(() => expect(document.title).toBe('(3) Chats · Emosation'));
    expect(screen.getByRole('link', { name: /^Chats/ })).toHaveTextContent('3 unread messages');
  });

  it('follows the cache, which the socket writes to', async () => {
    const { cache } = await renderApp('/chats');
    await rows();
    const said = {
      ...old,
      unread: 1,
      lastMessage: aMessage(5, 2, 'Awake?', { sentAt: '2026-11-21T00:00:00Z' }),
    };
    act(() => cache.setQueryData(roomsQuery.queryKey, (rooms) => rooms && withRoom(rooms, said)));
    await waitFor(async () =>
      expect((await rows())[0]).toHaveTextContent(/Awake\?.*1 unread message$/),
    );
  });

  it('says what cannot be shown', async () => {
    answer('get', '/rooms', {
      items: [
        aRoom(1, minji),
        { ...old, id: 2, lastMessage: aMessage(1, 2, '', { deletedAt: '2026-11-20T00:00:00Z' }) },
      ],
    });
    await renderApp('/chats');
    const list = await screen.findByRole('list', { name: 'My chats' });
    expect(list).toHaveTextContent('Nothing was said yet');
    expect(list).toHaveTextContent('A deleted message');
  });

  it('is narrowed by the search, which "/" goes to', async () => {
    answer('get', '/search/messages', { items: [] });
    const { person } = await renderApp('/chats');
    await rows();
    await person.keyboard('/');
    expect(screen.getByLabelText('Search chats and messages')).toHaveFocus();
    await person.keyboard('min');
    expect(await rows()).toHaveLength(1);
    await person.keyboard('zzz');
    expect(screen.queryByRole('list', { name: 'My chats' })).not.toBeInTheDocument();
    expect(await screen.findByText('No message says “minzzz”')).toBeInTheDocument();
  });

  it('invites to friends when it is empty', async () => {
    answer('get', '/rooms', { items: [] });
    await renderApp('/chats');
    expect(await screen.findByText('No chats yet')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Go to friends' })).toHaveAttribute('href', '/friends');
  });

  it('can be asked for again when it did not arrive', async () => {
    refuse('get', '/rooms', { status: 500, code: 'server.failed' });
    const { person } = await renderApp('/chats');
    await screen.findByText(/Something went wrong on the server/);
    answer('get', '/rooms', { items: [old] });
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await rows()).toHaveLength(1);
  });
});

describe('a group room in the list', () => {
  const closesAt = () => new Date(Date.now() + 80 * 60_000).toISOString();
  const crew = [aMember(1, 0), aMember(2, 0), aMember(3, 0)];

  it('tells how many are in, that it has a password, how far it is and how long it goes on', async () => {
    answer('get', '/rooms', {
      items: [aPickupRoom({ hasPassword: true, memberCount: 4, closesAt: closesAt() })],
    });
    await renderApp('/chats');
    const [row] = await rows();
    expect(row).toHaveTextContent(/Late snack.*4 people/);
    expect(row).toHaveTextContent(/Gathering · 1 h (19|20) min left/);
    expect(within(row as HTMLElement).getByRole('img', { name: 'With a password' })).toBeVisible();
  });

  it('says what happened there last in the words of the conversation', async () => {
    answer('get', '/rooms', {
      items: [aGroup({ lastMessage: aLine(4, { code: 'left', user: 3 }) })],
    });
    answer('get', '/rooms/7/members', {
      items: [...crew.slice(0, 2), { ...aMember(3, 0), state: 'left' }],
    });
    await renderApp('/chats');
    await waitFor(async () => expect((await rows())[0]).toHaveTextContent('Cho left'));
  });

  it('asks for no names that it can do without', async () => {
    const asked = answer('get', '/rooms/7/members', { items: crew });
    answer('get', '/rooms', {
      items: [aGroup({ lastMessage: aLine(4, { code: 'warning', number: 5 }) })],
    });
    const { cache } = await renderApp('/chats');
    expect((await rows())[0]).toHaveTextContent('The room closes in 5 minutes');
    const said = aGroup({ lastMessage: aMessage(5, 3, 'hello') });
    act(() => cache.setQueryData(roomsQuery.queryKey, [said]));
    await waitFor(async () => expect((await rows())[0]).toHaveTextContent(/hello/));
    expect((await rows())[0]).not.toHaveTextContent('Cho: hello');
    act(() => cache.setQueryData(membersQuery(7).queryKey, crew));
    await waitFor(async () => expect((await rows())[0]).toHaveTextContent('Cho: hello'));
    expect(asked).toHaveLength(0);
  });

  it('says that it is closed', async () => {
    answer('get', '/rooms', { items: [aPickupRoom({ state: 'closed' })] });
    await renderApp('/chats');
    expect((await rows())[0]).toHaveTextContent(/Closed/);
    expect((await rows())[0]).not.toHaveTextContent(/left/);
  });
});

describe('Alt and an arrow', () => {
  it('walk through the chats in their order', async () => {
    const { person, router } = await renderApp('/chats');
    await rows();
    const path = () => router.state.location.pathname;
    await person.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() => expect(path()).toBe('/rooms/12'));
    await person.keyboard('{Alt>}{ArrowDown}{/Alt}');
    await waitFor(() => expect(path()).toBe('/rooms/11'));
    await person.keyboard('{Alt>}{ArrowUp}{/Alt}');
    await waitFor(() => expect(path()).toBe('/rooms/12'));
  });
});

it('orders rooms by their last message, and new ones by their creation', () => {
  const fresh = aRoom(13, ben, { createdAt: '2026-11-21T00:00:00Z' });
  expect(byActivity([old, recent, fresh]).map(({ id }) => id)).toEqual([13, 12, 11]);
});

describe('an answer about a room', () => {
  it('does not undo what is known to be later', () => {
    const known = aGroup({
      ...{ version: 6, title: 'New', lastSeq: 9, lastRev: 12, lastReadSeq: 8, unread: 1 },
      lastMessage: aMessage(9, 2, 'latest'),
    });
    const late = aGroup({ version: 5, title: 'Old', memberCount: 7, lastSeq: 8, lastRev: 11 });
    expect(newest(known, late)).toMatchObject({
      ...{ version: 6, title: 'New', lastSeq: 9, lastRev: 12, lastReadSeq: 8, unread: 1 },
      memberCount: 7,
    });
  });

  it('counts where it is the later one', () => {
    const known = aGroup({ version: 4, lastSeq: 2, lastRev: 2, lastReadSeq: 2 });
    const fresh = aGroup({ version: 5, title: 'New', lastSeq: 4, lastRev: 5, lastReadSeq: 1 });
    expect(newest(known, fresh)).toMatchObject({
      title: 'New',
      lastSeq: 4,
      lastReadSeq: 2,
      unread: 2,
    });
    expect(newest(undefined, fresh)).toBe(fresh);
  });
});
