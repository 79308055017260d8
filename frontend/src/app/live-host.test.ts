import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { session } from '@/api/client';
import { LiveHost } from '@/app/live-host';
import { meQuery } from '@/features/account/queries';
import { cachedThread, threadQuery } from '@/features/messages/queries';
import { threadOf } from '@/features/messages/thread';
import { roomsQuery } from '@/features/rooms/queries';
import type { Live } from '@/realtime/live';
import { fakeSockets } from '@/testing/fake-socket';
import { aPage, aRoom } from '@/testing/messages';
import { ModelServer } from '@/testing/model-server';
import { aUser, tokensOf } from '@/testing/people';

const ROOMS = [7, 8] as const;

/** Always the same numbers for a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Answers what the page asks over HTTP; now and then nobody answers. */
function answerFrom(server: ModelServer, fails: () => boolean) {
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.endsWith('/auth/refresh')) return Response.json(tokensOf(aUser()));
    if (fails()) throw new TypeError('no network');
    if (pathname.endsWith('/ws/tickets')) {
      return Response.json({ ticket: 'secret', expiresIn: 30 }, { status: 201 });
    }
    const room = /\/rooms\/(\d+)\/messages$/.exec(pathname)?.[1];
    if (!room) return Response.json({ code: 'internal' }, { status: 503 });
    return Response.json(server.changes(Number(room), Number(searchParams.get('since_rev'))));
  });
}

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each([1, 2, 3, 4, 5, 6])(
  'loses nothing, doubles nothing and keeps every order over many disconnects (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    vi.spyOn(Math, 'random').mockImplementation(random);
    const dialled = fakeSockets();
    const server = new ModelServer(dialled, 1, random);
    let faults = true;
    answerFrom(server, () => faults && random() < 0.1);

    const cache = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } });
    cache.setQueryData(meQuery.queryKey, aUser());
    cache.setQueryData(
      roomsQuery.queryKey,
      ROOMS.map((id) => aRoom({ id })),
    );
    for (const id of ROOMS) cache.setQueryData(threadQuery(id).queryKey, threadOf(aPage([]), true));
    const host = new LiveHost(cache, session, 1);
    const stop = host.subscribe(() => undefined);
    const live = host.current() as Live;
    live.view(7);

    const written = new Map<number, string[]>(ROOMS.map((id) => [id, []]));
    for (let step = 0; step < 250; step++) {
      const room = random() < 0.6 ? 7 : 8;
      if (random() < 0.3) {
        const body = `mine ${step}`;
        written.get(room)?.push(body);
        live.outbox.add({ room, body });
      }
      if (random() < 0.3) server.post(room, 2, crypto.randomUUID(), `theirs ${step}`);
      if (random() < 0.1) server.edit(room, 1 + Math.floor(random() * 20), `edited ${step}`);
      server.step(true);
      await vi.advanceTimersByTimeAsync(random() * 600);
      expectHonest(live, server);
    }

    faults = false;
    for (let step = 0; step < 600; step++) {
      server.step(false);
      await vi.advanceTimersByTimeAsync(500);
    }
    expect(dialled.length).toBeGreaterThan(5); // There were disconnects.
    for (const id of ROOMS) {
      expect(live.outbox.room(id)).toEqual([]);
      expect(cachedThread(cache, id)?.rows).toEqual(server.room(id).rows);
      expect(server.mine(id)).toEqual(written.get(id));
    }
    stop();
  },
);

/** What is shown as sent is stored and was acknowledged. */
function expectHonest(live: Live, server: ModelServer) {
  for (const id of ROOMS) {
    for (const { state, clientId } of live.outbox.room(id)) {
      expect(state).not.toBe('failed');
      if (state === 'sent') expect(server.acked).toContain(clientId);
    }
  }
}
