import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { byActivity, roomsQuery, withRoom } from '@/features/rooms/queries';
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
    const { person } = await renderApp('/chats');
    await rows();
    await person.keyboard('/');
    expect(screen.getByLabelText('Search chats')).toHaveFocus();
    await person.keyboard('min');
    expect(await rows()).toHaveLength(1);
    await person.keyboard('zzz');
    expect(screen.getByText('No chat matches “minzzz”.')).toBeInTheDocument();
  });

  it('invites to friends when it is empty', async () => {
    answer('get', '/rooms', { items: [] });
    await renderApp('/chats');
    expect(await screen.findByText('No chats yet')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Go to friends' })).toHaveAttribute('href', '/friends');
  });

  it('can be asked for again when it did not arrive', async () => {
    refuse('get', '/rooms', { status: 500, code: 'internal' });
    const { person } = await renderApp('/chats');
    await screen.findByText(/Something went wrong on the server/);
    answer('get', '/rooms', { items: [old] });
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await rows()).toHaveLength(1);
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
