import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createSession } from '@/api/session';
import { aUser, tokensOf } from '@/testing/people';
import { refuse, server, unreachable } from '@/testing/server';

/** A refresh endpoint that hands out a1, a2, … and counts how many asked at once. */
function refreshServer(user = aUser()) {
  const seen = { calls: 0, atOnce: 0, most: 0 };
  server.use(
    http.post('*/api/v1/auth/refresh', async () => {
      seen.calls += 1;
      seen.atOnce += 1;
      seen.most = Math.max(seen.most, seen.atOnce);
      await Promise.resolve();
      seen.atOnce -= 1;
      return HttpResponse.json(tokensOf(user, `a${seen.calls}`));
    }),
  );
  return seen;
}

/** What the tabs of one browser share: the lock, the channel, the storage, the clock. */
function browser() {
  let last: Promise<unknown> = Promise.resolve();
  const name = crypto.randomUUID();
  const clock = { now: 1_000_000 };
  const tab = () =>
    createSession({
      alone: (work) => {
        const next = last.then(work, work);
        last = next.catch(() => undefined);
        return next;
      },
      channel: new BroadcastChannel(name),
      storage: localStorage,
      now: () => clock.now,
      refreshUrl: `${location.origin}/api/v1/auth/refresh`,
    });
  return { tab, clock };
}

let tabs = browser();
beforeEach(() => {
  tabs = browser();
});

describe('a session', () => {
  it('is restored with the cookie', async () => {
    refreshServer();
    const session = tabs.tab();
    expect(session.state().status).toBe('restoring');
    await session.restore();
    expect(session.state()).toEqual({ status: 'signed-in', user: aUser() });
    expect(await session.token()).toBe('a1');
  });

  it('has never been when the cookie is refused at the start', async () => {
    refuse('post', '/auth/refresh', { status: 401, code: 'auth.unauthenticated' });
    const session = tabs.tab();
    await session.restore();
    expect(session.state()).toEqual({ status: 'signed-out', why: 'never' });
    expect(await session.token()).toBeUndefined();
  });

  it.each([
    ['does not answer', () => unreachable('post', '/auth/refresh')],
    [
      'is in trouble',
      () => refuse('post', '/auth/refresh', { status: 503, code: 'auth.unavailable' }),
    ],
  ])('is not given up while the server %s', async (_name, trouble) => {
    trouble();
    const session = tabs.tab();
    await session.restore();
    expect(session.state().status).toBe('unreachable');
    refreshServer();
    await session.restore();
    expect(session.state().status).toBe('signed-in');
  });

  it('ends when a renewal is refused', async () => {
    refreshServer();
    const session = tabs.tab();
    await session.restore();
    refuse('post', '/auth/refresh', { status: 401, code: 'auth.session_ended' });
    expect(await session.renewed('a1')).toBeUndefined();
    expect(session.state()).toEqual({ status: 'signed-out', why: 'ended' });
  });

  it('renews a token before it is too old, and not earlier', async () => {
    const seen = refreshServer();
    const session = tabs.tab();
    await session.restore();
    tabs.clock.now += 800_000;
    expect(await session.token()).toBe('a1');
    tabs.clock.now += 80_000;
    expect(await session.token()).toBe('a2');
    expect(seen.calls).toBe(2);
  });
});

describe('refreshing', () => {
  it('happens once for many who need it at the same time', async () => {
    const seen = refreshServer();
    const session = tabs.tab();
    await session.restore();
    const all = await Promise.all(Array.from({ length: 5 }, () => session.renewed('a1')));
    expect(all).toEqual(['a2', 'a2', 'a2', 'a2', 'a2']);
    expect(seen.calls).toBe(2);
  });

  it('is skipped for a token that was replaced meanwhile', async () => {
    const seen = refreshServer();
    const session = tabs.tab();
    await session.restore();
    await session.renewed('a1');
    expect(await session.renewed('a1')).toBe('a2');
    expect(seen.calls).toBe(2);
  });

  it('runs one after another in several tabs', async () => {
    const seen = refreshServer();
    await Promise.all([tabs.tab().restore(), tabs.tab().restore(), tabs.tab().restore()]);
    expect(seen).toMatchObject({ calls: 3, most: 1 });
  });

  it('waits for the request of a page that went away in the middle of it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      const seen = refreshServer();
      localStorage.setItem('emosation.refreshing', String(tabs.clock.now - 500));
      const restored = tabs.tab().restore();
      await vi.advanceTimersByTimeAsync(990);
      expect(seen.calls).toBe(0);
      await vi.advanceTimersByTimeAsync(20);
      vi.useRealTimers();
      await restored;
      expect(seen.calls).toBe(1);
      expect(localStorage.getItem('emosation.refreshing')).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the tabs of a browser', () => {
  it('sign out together', async () => {
    refreshServer();
    const [one, two] = [tabs.tab(), tabs.tab()];
    await Promise.all([one.restore(), two.restore()]);
    one.signOut();
    await vi.waitFor(() => expect(two.state()).toEqual({ status: 'signed-out', why: 'left' }));
    expect(await two.token()).toBeUndefined();
  });

  it('sign in together', async () => {
    refuse('post', '/auth/refresh', { status: 401, code: 'auth.unauthenticated' });
    const [one, two] = [tabs.tab(), tabs.tab()];
    await Promise.all([one.restore(), two.restore()]);
    refreshServer();
    one.signIn(tokensOf(aUser()));
    await vi.waitFor(() => expect(two.state().status).toBe('signed-in'));
  });

  it('follow when somebody else signs in', async () => {
    refreshServer();
    const [one, two] = [tabs.tab(), tabs.tab()];
    await Promise.all([one.restore(), two.restore()]);
    const other = aUser({ id: 2, nickname: 'Minji' });
    refreshServer(other);
    one.signIn(tokensOf(other));
    await vi.waitFor(() => expect(two.state()).toEqual({ status: 'signed-in', user: other }));
  });
});
