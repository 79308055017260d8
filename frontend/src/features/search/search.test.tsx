import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { roomsQuery } from '@/features/rooms/queries';
import {
  applyReadingToFound,
  applyToFound,
  foundQuery,
  forgetFound,
} from '@/features/search/queries';
import { aGroup, aMember, aPage, aReading } from '@/testing/messages';
import { aMessage, aRoom } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';
import type { Schema } from '@/api/client';

const minji = { id: 2, nickname: 'Minji' };
const noodles = aMessage(340, 2, '😀 오늘은 국수 먹자', {
  reading: aReading(),
  sentAt: '2026-11-20T08:00:00Z',
});
const match = (
  room: number,
  message: Schema<'Message'>,
  ...spans: [number, number][]
): Schema<'MessageMatch'> => ({
  room,
  message,
  marks: spans.map(([start, end]) => ({ start, end })),
});
const inRoom = match(11, noodles, [6, 8]);

let edge: (() => void) | undefined;

beforeEach(() => {
  edge = undefined;
  vi.stubGlobal('IntersectionObserver', function (seen: (entries: object[]) => void) {
    edge = () => seen([{ isIntersecting: true }]);
    return { observe: () => undefined, disconnect: () => undefined };
  });
  answer('get', '/rooms', {
    items: [aRoom(11, minji), aGroup({ id: 12, title: 'Noodle club', lastMessage: null })],
  });
  answer('get', '/friends', { items: [] });
  answer('get', '/rooms/12/members', { items: [aMember(1, 0), aMember(3, 0)] });
});

const list = () => screen.findByRole('list', { name: 'Messages found' });
const found = async () => within(await list()).findAllByRole('link');
const field = () => screen.findByRole('searchbox');
const links = async (name: string) =>
  within(await screen.findByRole('list', { name })).getAllByRole('link');

describe('the search', () => {
  it('asks once for what was typed, and shows where, who, when and the words', async () => {
    const asked = answer('get', '/search/messages', {
      items: [
        inRoom,
        match(12, aMessage(9, 3, 'noodles with 국수'), [13, 15]),
        match(12, aMessage(8, 1, '국수!'), [0, 2]),
      ],
    });
    const { person, router } = await renderApp('/chats');
    await person.type(await field(), '국수 ');
    const [first, second, third] = await found();
    expect(asked.map(({ url }) => url.search)).toEqual(['?q=%EA%B5%AD%EC%88%98']);
    expect(router.state.location.search).toEqual({ q: '국수' });
    expect(first).toHaveTextContent(/Minji.*😀 오늘은 국수 먹자.*joy/);
    expect(first?.querySelector('mark')).toHaveTextContent(/^국수$/);
    await waitFor(() => expect(second).toHaveTextContent(/Noodle club.*Cho: noodles with 국수/));
    expect(third).toHaveTextContent(/Noodle club.*You: 국수!/);
    expect(screen.getByText('3 messages found.')).toBeInTheDocument();
  });

  it('names the chats at once, and has no heading for chats when none is called so', async () => {
    answer('get', '/search/messages', { items: [inRoom] });
    const { person } = await renderApp('/chats');
    await person.type(await field(), 'club');
    expect(await links('My chats')).toHaveLength(1);
    await person.clear(await field());
    expect(await links('My chats')).toHaveLength(2);
    await person.type(await field(), '국수');
    expect(screen.queryByRole('heading', { name: 'Chats', level: 2 })).not.toBeInTheDocument();
    await found();
  });

  it('fetches more when the end comes into view, until there is no more', async () => {
    const asked = answer('get', '/search/messages', { items: [inRoom], next: 'abc' });
    await renderApp('/chats?q=국수');
    expect(await found()).toHaveLength(1);
    expect(screen.getByText('1 message found so far.')).toBeInTheDocument();
    const more = answer('get', '/search/messages', { items: [match(12, noodles)] });
    act(() => edge?.());
    await waitFor(async () => expect(await found()).toHaveLength(2));
    expect(asked).toHaveLength(1);
    expect(more[0]?.url.searchParams.get('cursor')).toBe('abc');
    act(() => edge?.());
    expect(more).toHaveLength(1);
  });

  it('says that nothing was found, and what was looked for', async () => {
    answer('get', '/search/messages', { items: [] });
    await renderApp('/chats?q=zebra');
    expect(await screen.findByText('No message says “zebra”')).toBeInTheDocument();
  });

  it('says that there is nothing to search for', async () => {
    refuse('get', '/search/messages', { status: 422, code: 'search.empty' });
    await renderApp('/chats?q=..');
    expect(await screen.findByText('Nothing to search for')).toBeInTheDocument();
  });

  it('can be tried again when it failed', async () => {
    refuse('get', '/search/messages', { status: 500, code: 'server.failed' });
    const { person } = await renderApp('/chats?q=국수');
    await screen.findByText('The search did not work');
    answer('get', '/search/messages', { items: [inRoom] });
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await found()).toHaveLength(1);
  });

  it('goes on by itself when the network is back', async () => {
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    refuse('get', '/search/messages', { status: 500, code: 'server.failed' });
    await renderApp('/chats?q=국수');
    act(() => void window.dispatchEvent(new Event('offline')));
    await screen.findByText('You are offline');
    answer('get', '/search/messages', { items: [inRoom] });
    online.mockReturnValue(true);
    act(() => void window.dispatchEvent(new Event('online')));
    expect(await found()).toHaveLength(1);
  });
});

describe('its keys', () => {
  beforeEach(() => void answer('get', '/search/messages', { items: [inRoom] }));

  it('lead from the field through chats and messages, and back', async () => {
    const { person } = await renderApp('/chats?q=noodle');
    const [message] = await found();
    const [chat] = await links('My chats');
    await person.click(await field());
    await person.keyboard('{ArrowDown}');
    expect(chat).toHaveFocus();
    await person.keyboard('{ArrowDown}');
    expect(message).toHaveFocus();
    await person.keyboard('{ArrowDown}');
    expect(message).toHaveFocus();
    await person.keyboard('{ArrowUp}{ArrowUp}');
    await waitFor(async () => expect(await field()).toHaveFocus());
    await person.keyboard('{Enter}{ArrowDown}{Escape}');
    await waitFor(async () => expect(await field()).toHaveFocus());
    await person.keyboard('{Escape}');
    expect(await field()).toHaveValue('');
  });

  it('ask for it from anywhere, and a second time leave the key to the browser', async () => {
    const { person, router } = await renderApp('/friends/find');
    await person.keyboard('{Control>}k{/Control}');
    await waitFor(async () => expect(await field()).toHaveFocus());
    expect(router.state.location.pathname).toBe('/chats');
    const again = new KeyboardEvent('keydown', {
      ...{ key: 'k', code: 'KeyK', ctrlKey: true, bubbles: true, cancelable: true },
    });
    (await field()).dispatchEvent(again);
    expect(again.defaultPrevented).toBe(false);
  });
});

describe('within a chat', () => {
  beforeEach(() => {
    answer('get', '/rooms/11', aRoom(11, minji));
    answer('get', '/rooms/11/members', { items: [aMember(1, 0), aMember(2, 0)] });
    answer('get', '/rooms/11/messages', aPage([]));
  });

  it('begins at its header, asks for this room, and ends at the chat', async () => {
    const asked = answer('get', '/search/messages', { items: [inRoom] });
    const { person, router } = await renderApp('/rooms/11');
    await person.click(await screen.findByRole('button', { name: 'Search in this chat' }));
    const here = await screen.findByRole('searchbox', { name: 'Search in “Minji”' });
    await waitFor(() => expect(here).toHaveFocus());
    expect(screen.getByText(/Any part of a message/)).toBeInTheDocument();
    await person.keyboard('국수');
    const [row] = await found();
    expect(row).toHaveTextContent(/^Mi?M?.*Minji 😀 오늘은 국수 먹자/);
    expect(asked[0]?.url.searchParams.get('roomId')).toBe('11');
    await person.keyboard('{Escape}{Escape}');
    await waitFor(() => expect(router.state.location.href).toBe('/rooms/11'));
    expect(await links('My chats')).toHaveLength(2);
  });

  it('is what Ctrl+F does there', async () => {
    const { person, router } = await renderApp('/rooms/11');
    await screen.findByRole('button', { name: 'Search in this chat' });
    await person.keyboard('{Control>}f{/Control}');
    await waitFor(() => expect(router.state.location.search).toEqual({ within: 11 }));
  });

  it('leads to the message, keeps what was found, and goes back to it', async () => {
    answer('get', '/search/messages', { items: [inRoom] });
    const { person, router } = await renderApp('/chats?q=국수');
    const [row] = await found();
    await person.click(row as HTMLElement);
    await waitFor(() => expect(router.state.location.pathname).toBe('/rooms/11'));
    expect(router.state.location.search).toEqual({ at: 340, q: '국수' });
    expect(await found()).toHaveLength(1);
    act(() => router.history.back());
    await waitFor(() => expect(router.state.location.pathname).toBe('/chats'));
    expect(router.state.location.search).toEqual({ q: '국수' });
    expect(await field()).toHaveValue('국수');
  });
});

describe('what was found', () => {
  const other = match(12, aMessage(9, 3, 'noodles'), [0, 7]);
  const begin = async () => {
    const asked = answer('get', '/search/messages', { items: [inRoom, other] });
    const { cache } = await renderApp('/chats?q=국수');
    await found();
    const shown = () =>
      cache
        .getQueryData(foundQuery({ q: '국수' }).queryKey)
        ?.pages.flatMap(({ items }) => items.map(({ message }) => message));
    return { asked, cache, shown };
  };

  it('goes when the message is deleted', async () => {
    const { cache, shown, asked } = await begin();
    act(() => applyToFound(cache, 11, { ...noodles, rev: 400, body: '', deletedAt: 'now' }));
    expect(shown()).toEqual([other.message]);
    expect(asked).toHaveLength(1);
  });

  it('is asked for anew when its words are other ones', async () => {
    const { cache, asked } = await begin();
    answer('get', '/search/messages', { items: [other] });
    act(() => applyToFound(cache, 11, { ...noodles, rev: 400, body: '오늘은 밥' }));
    await waitFor(async () => expect(await found()).toHaveLength(1));
    expect(asked).toHaveLength(1);
  });

  it('follows what else changes, and never goes back', async () => {
    const { cache, shown, asked } = await begin();
    const reacted = { ...noodles, rev: 400, reactions: [{ emoji: '👍', users: [1] }] };
    act(() => applyToFound(cache, 11, reacted));
    act(() => applyToFound(cache, 11, noodles));
    act(() => applyToFound(cache, 12, { ...noodles, rev: 500, deletedAt: 'now' }));
    expect(shown()).toEqual([reacted, other.message]);
    expect(asked).toHaveLength(1);
  });

  it('shows another reading as soon as there is one, and none when it is gone', async () => {
    const { cache, shown } = await begin();
    const anger = aReading({ label: 'anger' });
    act(() => applyReadingToFound(cache, 11, { seq: 340, rev: 341, reading: anger }));
    expect(shown()?.[0]?.reading?.label).toBe('anger');
    act(() => applyReadingToFound(cache, 11, { seq: 340, rev: 339, reading: aReading() }));
    act(() => applyReadingToFound(cache, 12, { seq: 340, rev: 342, reading: aReading() }));
    expect(shown()?.[0]?.reading?.label).toBe('anger');
    act(() => applyReadingToFound(cache, 11, { seq: 340, rev: 343, reading: null }));
    expect(shown()?.[0]?.reading).toBeNull();
  });

  it('goes with the room', async () => {
    const { cache, shown } = await begin();
    act(() => forgetFound(cache, 11));
    expect(shown()).toEqual([other.message]);
    expect(cache.getQueryData(roomsQuery.queryKey)).toHaveLength(2);
  });
});
