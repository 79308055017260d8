import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { roomKeys, roomsQuery } from '@/features/rooms/queries';
import { aGroup, aPickupRoom, aRoom } from '@/testing/messages';
import { renderRoom } from '@/testing/render-room';
import { answer, refuse } from '@/testing/server';

/** The width of the window, in pixels, for the only queries that the page asks. */
let width = 1280;

beforeEach(() => {
  width = 1280;
  vi.spyOn(window, 'matchMedia').mockImplementation((query) => {
    const least = Number(/min-width: (\d+)px/.exec(query)?.[1] ?? 0);
    const most = Number(/max-width: (\d+)px/.exec(query)?.[1] ?? Infinity);
    const matches = width >= least && width <= most && query.includes('width');
    return Object.assign(new EventTarget(), {
      ...{ matches, media: query, onchange: null },
      addListener: () => undefined,
      removeListener: () => undefined,
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

const toggle = () => screen.getByRole('button', { name: 'Show what this room is about' });
const pane = () => screen.queryByRole('region', { name: 'About this room' });
const tab = (name: string) => screen.findByRole('tab', { name });

describe('the pane beside a group room', () => {
  it('opens by a press, is named by the address and takes the focus', async () => {
    const { person, router } = await renderRoom();
    expect(pane()).not.toBeInTheDocument();
    expect(toggle()).toHaveAttribute('aria-expanded', 'false');
    await person.click(toggle());
    await waitFor(async () => expect(await tab('People')).toHaveFocus());
    expect(router.state.location.search).toEqual({ pane: 'members' });
    expect(toggle()).toHaveAttribute('aria-expanded', 'true');
    expect(await screen.findByRole('list', { name: 'In this room' })).toBeInTheDocument();
  });

  it('opens by its address, leaving the focus alone', async () => {
    await renderRoom({ search: '?pane=room' });
    expect(await tab('Room')).toHaveAttribute('aria-selected', 'true');
    expect(await tab('Room')).not.toHaveFocus();
    expect(await screen.findByRole('heading', { name: 'Draw lots' })).toBeInTheDocument();
  });

  it('is walked through with the arrows and closed with Escape', async () => {
    const { person, router } = await renderRoom({ room: aPickupRoom() });
    refuse('get', '/rooms/7/order', { status: 503, code: 'busy' });
    await person.click(toggle());
    await tab('People');
    await person.keyboard('{ArrowLeft}');
    await waitFor(async () => expect(await tab('Room')).toHaveFocus());
    expect(router.state.location.search).toEqual({ pane: 'room' });
    await person.keyboard('{Home}{ArrowRight}');
    expect(await tab('Order')).toHaveAttribute('aria-selected', 'true');
    await person.keyboard('{Escape}');
    await waitFor(() => expect(pane()).not.toBeInTheDocument());
    expect(toggle()).toHaveFocus();
    expect(router.state.location.search).toEqual({});
  });

  it('does not close with a dialog above it', async () => {
    const { person } = await renderRoom({ search: '?pane=room' });
    await person.click(await screen.findByRole('button', { name: 'Leave the room' }));
    within(screen.getByRole('dialog')).getByRole('button', { name: 'Leave' }).focus();
    await person.keyboard('{Escape}');
    expect(pane()).toBeInTheDocument();
  });

  it('has no order and no box where nothing is ordered', async () => {
    await renderRoom({ search: '?pane=order' });
    expect(await tab('People')).toHaveAttribute('aria-selected', 'true');
    expect(screen.getAllByRole('tab').map((one) => one.textContent)).toEqual(['People', 'Room']);
  });

  it('is remembered where there is room for it, and nowhere else', async () => {
    const { person, unmount } = await renderRoom();
    await person.click(toggle());
    await person.click(await tab('Room'));
    unmount();
    const again = await renderRoom();
    expect(await tab('Room')).toHaveAttribute('aria-selected', 'true');
    again.unmount();
    width = 390;
    const small = await renderRoom();
    expect(pane()).not.toBeInTheDocument();
    small.unmount();
    width = 1280;
    const { person: me } = await renderRoom();
    await me.click(await screen.findByRole('button', { name: 'Close' }));
    await waitFor(() => expect(pane()).not.toBeInTheDocument());
    expect(localStorage.getItem('emosation.pane')).toBeNull();
  });

  it('stands in the place of the conversation on a phone, with a way back', async () => {
    width = 390;
    const { person, router } = await renderRoom();
    await person.click(toggle());
    const conversation = screen.getByRole('heading', { level: 1, hidden: true }).closest('[inert]');
    expect(conversation).toBeInTheDocument();
    await person.click(await screen.findByRole('button', { name: 'Back to the chat' }));
    await waitFor(() => expect(pane()).not.toBeInTheDocument());
    expect(router.state.location.search).toEqual({});
    expect(toggle()).toHaveFocus();
    expect(router.history.canGoBack()).toBe(false);
  });

  it('slides over the conversation on a tablet, and goes with a press beside it', async () => {
    width = 800;
    const { person, container } = await renderRoom({ search: '?pane=members' });
    await tab('People');
    expect(
      screen.getByRole('heading', { level: 1, hidden: true }).closest('[inert]'),
    ).not.toBeNull();
    await person.click(container.querySelector('.scrim') as HTMLElement);
    await waitFor(() => expect(pane()).not.toBeInTheDocument());
    expect(container.querySelector('[inert]')).toBeNull();
  });

  it('is not for two people', async () => {
    answer('get', '/rooms/7', aRoom());
    await renderRoom({ room: aRoom({ title: 'Ben' }), search: '?pane=members' });
    expect(pane()).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /about/ })).not.toBeInTheDocument();
  });
});

describe('a room that is not mine any more', () => {
  const away = async (router: { state: { location: { pathname: string } } }) =>
    waitFor(() => expect(router.state.location.pathname).toBe('/chats'));

  it('closes and says that I was put out', async () => {
    const { router, cache, serverSends } = await renderRoom();
    answer('get', '/rooms', { items: [] });
    await serverSends({ type: 'room', room: 7, change: 'kicked', state: 'open', user: 1 });
    await away(router);
    expect(
      await screen.findByText('You were removed from “Late snack” by its host.'),
    ).toBeInTheDocument();
    expect(cache.getQueryData(roomsQuery.queryKey)).toEqual([]);
    expect(cache.getQueryData(roomKeys.one(7))).toBeUndefined();
    expect(cache.getQueryData(roomKeys.members(7))).toBeUndefined();
  });

  it('closes when I left it on another device', async () => {
    const { router, serverSends } = await renderRoom();
    await serverSends({ type: 'room', room: 7, change: 'left', state: 'open', user: 1 });
    await away(router);
    expect(await screen.findByText('You left “Late snack”.')).toBeInTheDocument();
  });

  it('closes when the server does not know it any more', async () => {
    const { router, cache } = await renderRoom();
    refuse('get', '/rooms/7', { status: 404, code: 'room.not_found' });
    answer('get', '/rooms', { items: [] });
    await act(() => cache.invalidateQueries({ queryKey: roomKeys.one(7) }));
    await away(router);
    expect(await screen.findByText('You are not in “Late snack” any more.')).toBeInTheDocument();
  });

  it('closes when I leave, whether or not a frame says so', async () => {
    const left = answer('delete', '/rooms/7/members/me');
    const { person, router, serverSends } = await renderRoom({ search: '?pane=room' });
    await person.click(await screen.findByRole('button', { name: 'Leave the room' }));
    answer('get', '/rooms', { items: [] });
    await person.click(screen.getByRole('button', { name: 'Leave' }));
    await away(router);
    expect(await screen.findByText('You left “Late snack”.')).toBeInTheDocument();
    expect(left).toHaveLength(1);
    await serverSends({ type: 'room', room: 7, change: 'left', state: 'open', user: 1 });
    expect(screen.getByText('No chats yet')).toBeInTheDocument();
  });

  it('stays open when another room goes', async () => {
    const { router, cache, serverSends } = await renderRoom();
    act(() => cache.setQueryData(roomsQuery.queryKey, [aGroup(), aGroup({ id: 8 })]));
    await serverSends({ type: 'room', room: 8, change: 'kicked', state: 'open', user: 1 });
    expect(router.state.location.pathname).toBe('/rooms/7');
    expect(cache.getQueryData(roomsQuery.queryKey)?.map(({ id }) => id)).toEqual([7]);
  });
});
