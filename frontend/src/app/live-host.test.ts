import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { session } from '@/api/client';
import { LiveHost } from '@/app/live-host';
import { meQuery } from '@/features/account/queries';
import { cachedThread, threadQuery } from '@/features/messages/queries';
import { threadOf } from '@/features/messages/thread';
import { roomsQuery } from '@/features/rooms/queries';
import type { Envelope } from '@/realtime/envelopes';
import type { Live } from '@/realtime/live';
import { fakeSockets, type FakeSocket } from '@/testing/fake-socket';
import { aMessage, aPage, aRoom, EPOCH } from '@/testing/messages';
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
      return Response.json({ ticket: 'secret', expiresIn: 30, epoch: EPOCH }, { status: 201 });
    }
    const room = /\/rooms\/(\d+)\/messages$/.exec(pathname)?.[1];
    if (!room) return Response.json({ code: 'server.failed' }, { status: 503 });
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

describe('when the server went back to a backup', () => {
  /** What the server stores, by room 7 alone, and of which history. */
  let epoch: string;
  let cache: QueryClient;
  let dialled: ReturnType<typeof fakeSockets>;
  let host: LiveHost;
  let stop: () => void;
  const tick = () => vi.advanceTimersByTimeAsync(20);
  const socket = () => dialled.at(-1) as FakeSocket;
  const bodies = () => cachedThread(cache, 7)?.rows.map(({ body }) => body);

  beforeEach(async () => {
    epoch = EPOCH;
    vi.spyOn(Math, 'random').mockReturnValue(0);
    vi.stubGlobal('fetch', async (request: Request) => {
      const { pathname } = new URL(request.url);
      if (pathname.endsWith('/auth/refresh')) return Response.json(tokensOf(aUser()));
      if (pathname.endsWith('/users/me')) return Response.json(aUser());
      if (pathname.endsWith('/ws/tickets')) {
        return Response.json({ ticket: 'secret', expiresIn: 30, epoch }, { status: 201 });
      }
      if (pathname.endsWith('/messages')) return Response.json(aPage([aMessage(1)], { epoch }));
      return Response.json({ code: 'server.failed' }, { status: 503 });
    });
    dialled = fakeSockets();
    cache = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity, retry: false } } });
    cache.setQueryData(meQuery.queryKey, aUser());
    cache.setQueryData(roomsQuery.queryKey, [aRoom({ id: 9, title: 'made after the backup' })]);
    const rows = [aMessage(1), aMessage(2, { body: 'after the backup' })];
    cache.setQueryData(threadQuery(7).queryKey, threadOf(aPage(rows), true));
    host = new LiveHost(cache, session, 1);
    stop = host.subscribe(() => undefined);
    host.current()?.view(7);
    await tick();
    socket().serverOpens();
  });

  afterEach(() => {
    stop();
    localStorage.clear();
  });

  const write = (body: string) => host.current()?.outbox.add({ room: 7, body });
  const written = () =>
    socket()
      .sentOf('message')
      .map(({ body }) => body);

  it('forgets everything but what could not be sent yet, before it dials again', async () => {
    write('acknowledged');
    const [sent] = socket().sentOf('message');
    const at = { seq: 3, rev: 3, sentAt: new Date(0).toISOString() };
    socket().serverSends({ type: 'ack', room: 7, clientId: sent?.clientId ?? '', ...at });
    write('not acknowledged');
    write('not even sent');
    const [, unsure] = socket().sentOf('message');
    expect(host.current()?.outbox.room(7)).toHaveLength(3);

    epoch = 'after';
    socket().serverCloses(1006);
    await vi.advanceTimersByTimeAsync(5000);
    expect(dialled).toHaveLength(2); // No socket was opened between the ticket that told and this one.
    expect(host.times()).toBe(1);
    expect(bodies()).toBeUndefined();
    expect(cache.getQueryData(roomsQuery.queryKey)).toBeUndefined();
    expect(cache.getQueryData(meQuery.queryKey)).toEqual(aUser());

    socket().serverOpens();
    await tick();
    expect(host.current()?.outbox.room(7)).toHaveLength(2);
    expect(written()).toEqual(['not acknowledged']);
    expect(socket().sentOf('message')[0]?.clientId).toBe(unsure?.clientId);
    const next = { seq: 2, rev: 2, sentAt: at.sentAt };
    socket().serverSends({ type: 'ack', room: 7, clientId: unsure?.clientId ?? '', ...next });
    expect(written()).toEqual(['not acknowledged', 'not even sent']);
  });

  it('answers nothing that is not there any more, also where another page wrote it', async () => {
    host.current()?.outbox.add({ room: 7, body: 'an answer', replyTo: 2 });
    stop();
    epoch = 'after';
    host = new LiveHost(cache, session, 1);
    stop = host.subscribe(() => undefined);
    await tick();
    socket().serverOpens();
    await tick();
    expect(written()).toEqual(['an answer']);
    expect(socket().sentOf('message')[0]).not.toHaveProperty('replyTo');
  });

  it('forgets everything when a room is said to begin anew, and does so again not at once', async () => {
    const reset: Envelope<'entered'> = {
      ...{ type: 'entered', room: 7, epoch: 'after', reset: true, lastSeq: 1, lastRev: 1 },
      ...{ viewers: [], reads: [], messages: [aMessage(1)], hasMore: false },
    };
    epoch = 'after';
    socket().serverSends(reset);
    await tick();
    expect(host.times()).toBe(1);
    expect(bodies()).toBeUndefined();
    socket().serverOpens();
    socket().serverSends(reset);
    await tick();
    expect(host.times()).toBe(1);
    expect(bodies()).toBeUndefined();
  });

  it('goes on as before when it did not', async () => {
    socket().serverCloses(1006);
    await vi.advanceTimersByTimeAsync(5000);
    expect(dialled).toHaveLength(2);
    expect(host.times()).toBe(0);
    expect(bodies()).toEqual(['message 1', 'after the backup']);
  });
});

/** What is shown as sent is stored and was acknowledged. */
function expectHonest(live: Live, server: ModelServer) {
  for (const id of ROOMS) {
    for (const { state, clientId } of live.outbox.room(id)) {
      expect(state).not.toBe('failed');
      if (state === 'sent') expect(server.acked).toContain(clientId);
    }
  }
}
