import { act, cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schema } from '@/api/client';
import { applyFrame } from '@/app/apply-frame';
import { renderApp } from '@/testing/render-app';
import { answer, refuse, unreachable } from '@/testing/server';

function anAnnouncement(
  id: number,
  change: Partial<Schema<'Announcement'>> = {},
): Schema<'Announcement'> {
  return {
    id,
    title: `News ${id}`,
    body: `Line one of ${id}\n<b>line two</b>`,
    publishedAt: '2026-11-20T08:00:00Z',
    readAt: null,
    ...change,
  };
}

/** Makes everything that is looked at in sight. */
function stubSight() {
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      readonly #then: (entries: { isIntersecting: boolean }[]) => void;
      constructor(then: (entries: { isIntersecting: boolean }[]) => void) {
        this.#then = then;
      }
      observe() {
        this.#then([{ isIntersecting: true }]);
      }
      disconnect() {
        return undefined;
      }
    },
  );
}

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
  stubSight();
});
afterEach(() => vi.unstubAllGlobals());

describe('an announcement that comes', () => {
  const notice = (id: number) => ({ type: 'notice' as const, announcement: anAnnouncement(id) });
  const come = (cache: Parameters<typeof applyFrame>[0], ...ids: number[]) =>
    act(async () => {
      for (const id of ids) applyFrame(cache, notice(id), () => undefined);
      await new Promise((resolve) => setTimeout(resolve));
    });

  it('is said and shown as plain text above everything, until it is put away for good', async () => {
    const read = answer('put', '/announcements/7/read');
    const { cache, person } = await renderApp('/friends/find');
    await screen.findByLabelText('Nickname or e-mail');
    answer('get', '/announcements', { items: [anAnnouncement(7)], next: null, unread: 1 });
    await come(cache, 7, 7);
    expect(screen.getByText('New announcement: News 7')).toBeInTheDocument();
    const card = await screen.findByRole('complementary', { name: 'Announcements' });
    expect(card).toHaveTextContent('<b>line two</b>');
    const me = await screen.findByRole('link', { name: /^Me/ });
    await waitFor(() => expect(me).toHaveTextContent('1 unread announcement'));

    answer('get', '/announcements', { items: [], next: null, unread: 0 });
    await person.click(within(card).getByRole('button', { name: 'Got it' }));
    await waitFor(() => expect(card).not.toBeInTheDocument());
    await waitFor(() => expect(me).not.toHaveTextContent('unread'));
    expect(read).toHaveLength(1);
  });

  it('is shown where it was missed, unless it was read elsewhere', async () => {
    const [missed, known] = [
      anAnnouncement(9),
      anAnnouncement(9, { readAt: '2026-11-20T08:30:00Z' }),
    ];
    answer('get', '/announcements', { items: [missed], next: null, unread: 1 });
    await renderApp('/friends/find');
    expect(await screen.findByRole('complementary', { name: 'Announcements' })).toHaveTextContent(
      'News 9',
    );
    cleanup();
    answer('get', '/announcements', { items: [known], next: null, unread: 1 });
    await renderApp('/friends/find');
    await waitFor(() =>
      expect(screen.getByRole('link', { name: /^Me/ })).toHaveTextContent('1 unread announcement'),
    );
    expect(screen.queryByRole('complementary', { name: 'Announcements' })).not.toBeInTheDocument();
  });

  it('is not shown twice, and several are shown one after the other', async () => {
    answer('put', '/announcements/8/read');
    const { cache, person } = await renderApp('/friends/find');
    await screen.findByLabelText('Nickname or e-mail');
    await come(cache, 7, 8, 7, 8);
    await screen.findByText('News 8');
    expect(screen.getByRole('link', { name: '1 more announcement' })).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Got it' }));
    expect(await screen.findByText('News 7')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'All announcements' })).toBeInTheDocument();
  });

  it('goes away where another tab put it away', async () => {
    const { cache } = await renderApp('/friends/find');
    await screen.findByLabelText('Nickname or e-mail');
    await come(cache, 7);
    await screen.findByText('News 7');
    const tab = new BroadcastChannel('emosation.announcements');
    tab.postMessage({ read: 7 });
    await waitFor(() => expect(screen.queryByText('News 7')).not.toBeInTheDocument());
    tab.close();
  });
});

describe('the archive', () => {
  it('marks what is new, and has read what was seen', async () => {
    const items = [anAnnouncement(9), anAnnouncement(3, { readAt: '2026-11-20T09:00:00Z' })];
    answer('get', '/announcements', { items, next: null, unread: 1 });
    const read = answer('put', '/announcements/9/read');
    await renderApp('/announcements');
    expect(await screen.findByRole('article', { name: 'New News 9' })).toHaveTextContent(
      /Line one of 9.*<b>line two<\/b>/s,
    );
    expect(screen.getByRole('article', { name: 'News 3' })).toBeInTheDocument();
    await waitFor(() => expect(read).toHaveLength(1));
    expect(screen.getByRole('article', { name: 'New News 9' })).toBeInTheDocument();
  });

  it('goes on at a press', async () => {
    answer('get', '/announcements', {
      items: [anAnnouncement(9, { readAt: '2026-11-20T09:00:00Z' })],
      next: 'more',
      unread: 0,
    });
    const { person } = await renderApp('/announcements');
    const more = await screen.findByRole('button', { name: 'Older announcements' });
    const asked = answer('get', '/announcements', {
      items: [anAnnouncement(2, { readAt: '2026-11-20T09:00:00Z' })],
      next: null,
      unread: 0,
    });
    await person.click(more);
    expect(await screen.findByRole('article', { name: 'News 2' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Older announcements' })).not.toBeInTheDocument();
    expect(asked[0]?.url.searchParams.get('cursor')).toBe('more');
  });

  it('says when there is nothing, and when it did not come', async () => {
    unreachable('get', '/announcements');
    const { person } = await renderApp('/announcements');
    const again = await screen.findByRole('button', { name: 'Try again' });
    answer('get', '/announcements', { items: [], next: null, unread: 0 });
    await person.click(again);
    expect(await screen.findByText('No announcements yet')).toBeInTheDocument();
  });

  it('shows what could not be marked as unread again', async () => {
    answer('get', '/announcements', { items: [anAnnouncement(9)], next: null, unread: 1 });
    refuse('put', '/announcements/9/read', { status: 500, code: 'server.failed' });
    await renderApp('/announcements');
    await screen.findByRole('article', { name: 'New News 9' });
    const me = await screen.findByRole('link', { name: /^Me/ });
    await waitFor(() => expect(me).toHaveTextContent('1 unread announcement'));
  });
});
