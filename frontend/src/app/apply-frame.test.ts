import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schema } from '@/api/client';
import { applyFrame } from '@/app/apply-frame';
import { TYPING_FOR } from '@/app/apply-now';
import { meQuery } from '@/features/account/queries';
import { friendKeys, friendsQuery } from '@/features/friends/queries';
import { roomNowQuery, threadQuery } from '@/features/messages/queries';
import { isBehind, threadOf } from '@/features/messages/thread';
import { orderKeys } from '@/features/order/keys';
import { membersQuery, roomKeys, roomQuery, roomsQuery } from '@/features/rooms/queries';
import type { Envelope, ServerEnvelope } from '@/realtime/envelopes';
import { aMember, aMessage, aPage, aReading, aRoom, EPOCH } from '@/testing/messages';
import { aUser } from '@/testing/people';
import { answer } from '@/testing/server';

let cache: QueryClient;
const apply = (...envelopes: ServerEnvelope[]) => {
  for (const envelope of envelopes) applyFrame(cache, envelope, leave);
};
const leave = vi.fn<(roomId: number, why: string) => void>();
const thread = () => cache.getQueryData(threadQuery(7).queryKey);
const bodies = () => thread()?.rows.map(({ body }) => body);
const room = () => cache.getQueryData(roomsQuery.queryKey)?.find(({ id }) => id === 7);
const members = () =>
  cache.getQueryData(membersQuery(7).queryKey)?.map(({ lastReadSeq }) => lastReadSeq);
const now = () => cache.getQueryData(roomNowQuery(7).queryKey);
const invalid = (key: readonly unknown[]) => cache.getQueryState(key)?.isInvalidated;

beforeEach(() => {
  cache = new QueryClient();
  leave.mockClear();
  const rows = [aMessage(1), aMessage(2)];
  cache.setQueryData(meQuery.queryKey, aUser({ id: 1 }));
  cache.setQueryData(threadQuery(7).queryKey, threadOf(aPage(rows), true));
  cache.setQueryData(membersQuery(7).queryKey, [aMember(1, 2), aMember(2, 2)]);
  const mine = aRoom({ lastSeq: 2, lastRev: 2, lastReadSeq: 2, lastMessage: aMessage(2) });
  const other = aRoom({ id: 8, lastMessage: aMessage(30) });
  cache.setQueryData(roomsQuery.queryKey, [other, mine]);
  cache.setQueryData(roomQuery(7).queryKey, mine);
  cache.setQueryData(friendsQuery.queryKey, [
    { user: { id: 2, nickname: 'Ben' }, state: 'accepted', since: '', online: false },
  ]);
});

describe('something of mine that changed elsewhere', () => {
  it('is asked for anew', () => {
    apply({ type: 'me' });
    expect(invalid(meQuery.queryKey)).toBe(true);
  });
});

describe('a message', () => {
  it('goes to the thread, to the list of rooms and to the badge', () => {
    apply({ type: 'message', room: 7, message: aMessage(3, { sentAt: '2026-11-22T00:00:00Z' }) });
    expect(bodies()).toEqual(['message 1', 'message 2', 'message 3']);
    expect(room()).toMatchObject({ lastSeq: 3, lastRev: 3, unread: 1 });
    expect(room()?.lastMessage?.seq).toBe(3);
    expect(cache.getQueryData(roomsQuery.queryKey)?.[0]?.id).toBe(7);
    expect(cache.getQueryData(roomQuery(7).queryKey)).toMatchObject({ unread: 1 });
  });

  it('means that its sender has read up to it', () => {
    apply({ type: 'message', room: 7, message: aMessage(3) });
    expect(members()).toEqual([2, 3]);
    apply({ type: 'message', room: 7, message: aMessage(4, { sender: 1 }) });
    expect(members()).toEqual([4, 3]);
    expect(room()?.unread).toBe(0);
  });

  it('that is changed keeps its place, and the preview if it is the last one', () => {
    apply({ type: 'message', room: 7, message: aMessage(1, { rev: 3, body: 'edited' }) });
    expect(bodies()).toEqual(['edited', 'message 2']);
    expect(room()?.lastMessage?.body).toBe('message 2');
    apply({ type: 'message', room: 7, message: aMessage(2, { rev: 4, body: 'too' }) });
    expect(room()?.lastMessage?.body).toBe('too');
    expect(room()?.unread).toBe(0);
  });

  it('of a room that is not in the list has the list asked for again', () => {
    apply({ type: 'message', room: 9, message: aMessage(1) });
    expect(invalid(roomKeys.list)).toBe(true);
    expect(cache.getQueryData(threadQuery(9).queryKey)).toBeUndefined();
  });

  it('of the server’s own does not mean that somebody has read or is not typing any more', () => {
    apply({ type: 'typing', room: 7, user: 2 });
    const line = { code: 'warning', number: 5 } as const;
    apply({ type: 'message', room: 7, message: aMessage(3, { kind: 'system', line }) });
    expect(members()).toEqual([2, 2]);
    expect(now()?.typing).toHaveProperty('2');
    expect(room()).toMatchObject({ lastSeq: 3, unread: 1 });
  });

  it('ends the typing of its sender', () => {
    apply({ type: 'typing', room: 7, user: 2 });
    expect(now()?.typing).toHaveProperty('2');
    apply({ type: 'message', room: 7, message: aMessage(3) });
    expect(now()?.typing).toEqual({});
  });
});

describe('entering', () => {
  const entered: Envelope<'entered'> = {
    type: 'entered',
    room: 7,
    epoch: EPOCH,
    lastSeq: 4,
    lastRev: 6,
    viewers: [2],
    reads: [
      { user: 1, seq: 2 },
      { user: 2, seq: 4 },
    ],
    messages: [],
    hasMore: false,
  };

  it('brings what was missed, who is there and how far they have read', () => {
    apply({
      ...entered,
      messages: [aMessage(3), aMessage(1, { rev: 5, body: 'edited' }), aMessage(4, { rev: 6 })],
    });
    expect(bodies()).toEqual(['edited', 'message 2', 'message 3', 'message 4']);
    expect(thread()).toMatchObject({ rev: 6, lastSeq: 4 });
    expect(now()?.viewers).toEqual([2]);
    expect(members()).toEqual([2, 4]);
  });

  it('leaves a gap open when there is more', () => {
    apply({ ...entered, messages: [aMessage(3)], hasMore: true });
    expect(thread()).toMatchObject({ rev: 3, lastRev: 6 });
    expect(isBehind(threadOf(aPage([]), true))).toBe(false);
  });
});

it('an ack makes a missing row noticed', () => {
  apply({ type: 'ack', clientId: 'x', room: 7, seq: 3, rev: 3, sentAt: '' });
  expect(thread()).toMatchObject({ rev: 2, lastRev: 3 });
});

it('a reading takes its place', () => {
  apply({ type: 'reading', room: 7, seq: 2, rev: 3, reading: aReading() });
  expect(thread()?.rows[1]?.reading?.label).toBe('joy');
});

describe('read marks', () => {
  it('count down the badge when they are mine, from whatever tab', () => {
    apply({ type: 'message', room: 7, message: aMessage(3) });
    apply({ type: 'read', room: 7, user: 1, seq: 3 });
    expect(room()).toMatchObject({ unread: 0, lastReadSeq: 3 });
  });

  it('never move back', () => {
    apply({ type: 'read', room: 7, user: 2, seq: 1 }, { type: 'read', room: 7, user: 1, seq: 1 });
    expect(members()).toEqual([2, 2]);
    expect(room()?.lastReadSeq).toBe(2);
  });
});

it('who looks and who types is known, and forgotten', () => {
  vi.useFakeTimers({ now: 1000 });
  apply({ type: 'enter', room: 7, user: 2 }, { type: 'enter', room: 7, user: 2 });
  apply({ type: 'typing', room: 7, user: 2 }, { type: 'typing', room: 7, user: 1 });
  expect(now()).toEqual({ viewers: [2], typing: { 2: 1000 + TYPING_FOR } });
  apply({ type: 'close', room: 7, user: 2 });
  expect(now()).toEqual({ viewers: [], typing: {} });
  vi.useRealTimers();
});

describe('several in one envelope', () => {
  it('all look, type and read', () => {
    vi.useFakeTimers({ now: 1000 });
    const until = 1000 + TYPING_FOR;
    apply({ type: 'enter', room: 7, user: 2, others: [3, 4] });
    apply({ type: 'typing', room: 7, user: 2, others: [1, 3] });
    expect(now()).toEqual({ viewers: [2, 3, 4], typing: { 2: until, 3: until } });
    apply({ type: 'close', room: 7, user: 3, others: [4] });
    expect(now()).toEqual({ viewers: [2], typing: { 2: until } });
    apply({ type: 'message', room: 7, message: aMessage(9) });
    apply({ type: 'read', room: 7, user: 2, seq: 10, others: [{ user: 1, seq: 8 }] });
    expect(members()).toEqual([8, 10]);
    expect(room()?.unread).toBe(1);
    vi.useRealTimers();
  });
});

describe('a crowd', () => {
  const counts = [
    { seq: 1, count: 200 },
    { seq: 2, count: 30 },
  ];

  it('is counted, and nobody in it is named', () => {
    vi.useFakeTimers({ now: 1000 });
    apply({ type: 'enter', room: 7, user: 2 }); // Before it was one.
    apply({ type: 'enter', room: 7, count: 230 }, { type: 'typing', room: 7, count: 12 });
    apply({ type: 'read', room: 7, user: 1, seq: 2, counts });
    const typing = { count: 12, until: 1000 + TYPING_FOR };
    expect(now()).toEqual({
      viewers: [],
      typing: {},
      crowd: { looking: 230, typing, reads: counts },
    });
    expect(room()?.lastReadSeq).toBe(2);
    vi.useRealTimers();
  });

  it('is known from the answer to "enter"', () => {
    const entered: Envelope<'entered'> = {
      ...{
        type: 'entered',
        room: 7,
        epoch: EPOCH,
        lastSeq: 2,
        lastRev: 2,
        messages: [],
        hasMore: false,
      },
      ...{ viewers: [], reads: [{ user: 1, seq: 2 }], viewerCount: 9, readCounts: counts },
    };
    apply(entered);
    expect(now()?.crowd).toEqual({ looking: 9, reads: counts });
    apply({ type: 'message', room: 7, message: aMessage(3) });
    expect(members()).toEqual([2, 2]); // The marks of so many are not followed one by one.
  });

  it('that is none any more has names again, and its members asked for', () => {
    apply({ type: 'enter', room: 7, count: 101 });
    apply({ type: 'enter', room: 7, user: 2 });
    expect(now()).toEqual({ viewers: [2], typing: {} });
    expect(invalid(roomKeys.members(7))).toBe(true);
  });

  it('that comes one by one is asked for rarely, and not by everybody at once', async () => {
    vi.useFakeTimers();
    cache.setQueryData(roomQuery(7).queryKey, aRoom({ memberCount: 1000 }));
    const asked = answer('get', '/rooms/7', aRoom({ memberCount: 1000 }));
    for (let second = 0; second < 100; second++) {
      apply({ type: 'room', room: 7, change: 'joined', state: 'open', user: 11 + second });
      await vi.advanceTimersByTimeAsync(200);
    }
    vi.useRealTimers();
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0));
    expect(asked.length).toBeLessThan(5); // In 20 seconds.
  });
});

describe('a room', () => {
  const state = (user: number) =>
    cache.getQueryData(membersQuery(7).queryKey)?.find((one) => one.user.id === user)?.state;

  it('becomes history at once, and nobody is there any more', async () => {
    const asked = answer('get', '/rooms/7', aRoom({ state: 'read_only' }));
    apply({ type: 'enter', room: 7, user: 2 });
    apply({ type: 'room', room: 7, change: 'state', state: 'read_only' });
    expect(room()?.state).toBe('read_only');
    expect(cache.getQueryData(roomQuery(7).queryKey)?.state).toBe('read_only');
    expect(now()?.viewers).toEqual([]);
    await vi.waitFor(() => expect(asked).toHaveLength(1));
  });

  it('that is new has the list asked for again', () => {
    apply({ type: 'room', room: 9, change: 'joined', state: 'open' });
    expect(invalid(roomKeys.list)).toBe(true);
  });

  it('that I joined elsewhere is new to me as well', () => {
    apply({ type: 'room', room: 9, change: 'joined', state: 'open', user: 1 });
    expect(invalid(roomKeys.list)).toBe(true);
  });

  it('is asked for once when many come and go at once', async () => {
    const asked = answer('get', '/rooms/7', aRoom({ memberCount: 6, lastSeq: 2, lastRev: 2 }));
    cache.setQueryData(orderKeys.room(7), {});
    for (let user = 11; user < 40; user++) {
      apply({ type: 'room', room: 7, change: 'joined', state: 'open', user });
    }
    apply({ type: 'room', room: 7, change: 'left', state: 'open', user: 12 });
    await vi.waitFor(() => expect(room()?.memberCount).toBe(6));
    expect(cache.getQueryData(roomQuery(7).queryKey)?.memberCount).toBe(6);
    expect(invalid(roomKeys.members(7))).toBe(true);
    expect(invalid(orderKeys.room(7))).toBe(true);
    expect(invalid(roomKeys.list)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it('loses who leaves and who is put out at once, and asks how it is now', async () => {
    answer('get', '/rooms/7', aRoom({ memberCount: 1 }));
    apply({ type: 'enter', room: 7, user: 2 });
    apply({ type: 'room', room: 7, change: 'left', state: 'open', user: 2 });
    expect(state(2)).toBe('left');
    expect(now()?.viewers).toEqual([]);
    apply({ type: 'room', room: 7, change: 'kicked', state: 'open', user: 2 });
    expect(state(2)).toBe('kicked');
    expect(leave).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(room()?.memberCount).toBe(1));
  });

  it.each(['left', 'kicked'] as const)('is not mine any more when I have %s', (change) => {
    apply({ type: 'room', room: 7, change, state: 'open', user: 1 });
    expect(leave).toHaveBeenCalledWith(7, change);
  });

  it('has its new host at once, and the rest in a moment', async () => {
    answer('get', '/rooms/7', aRoom({ host: 2, version: 4, title: 'After work' }));
    apply({ type: 'room', room: 7, change: 'host', state: 'open', user: 2 });
    expect(room()?.host).toBe(2);
    await vi.waitFor(() => expect(room()?.title).toBe('After work'));
  });

  it.each(['settings', 'phase', 'extended', 'closed'] as const)(
    'is asked for after "%s"',
    async (change) => {
      const asked = answer('get', '/rooms/7', aRoom({ title: change, version: 9 }));
      apply({ type: 'room', room: 7, change, state: change === 'closed' ? 'closed' : 'open' });
      await vi.waitFor(() => expect(room()?.title).toBe(change));
      expect(asked).toHaveLength(1);
    },
  );

  it('whose order has changed has the order asked for, and nothing else', () => {
    cache.setQueryData(orderKeys.room(7), {});
    apply({ type: 'room', room: 7, change: 'order', state: 'open' });
    expect(invalid(orderKeys.room(7))).toBe(true);
    expect(invalid(roomKeys.one(7))).toBe(false);
  });
});

it('friends come and go', () => {
  apply({ type: 'presence', user: 2, online: true });
  expect(cache.getQueryData(friendsQuery.queryKey)?.[0]?.online).toBe(true);
  apply({ type: 'presence', user: 2, online: false });
  expect(cache.getQueryData(friendsQuery.queryKey)?.[0]?.online).toBe(false);
  expect(cache.getQueryData(membersQuery(7).queryKey)?.[1]?.online).toBe(false);
  apply({ type: 'friend', user: { id: 3, nickname: 'Cho' }, state: 'incoming' });
  expect(invalid(friendKeys.list)).toBe(true);
});

it('an answer that is older than an event does not undo it', async () => {
  const answers: ((rooms: Schema<'Room'>[]) => void)[] = [];
  const old = aRoom({ lastSeq: 2, lastReadSeq: 2, lastMessage: aMessage(2) });
  cache.setQueryDefaults(roomKeys.list, {
    queryFn: () => new Promise<Schema<'Room'>[]>((resolve) => answers.push(resolve)),
  });
  const observer = new QueryObserver(cache, { queryKey: roomKeys.list });
  const stop = observer.subscribe(() => undefined);
  void cache.invalidateQueries({ queryKey: roomKeys.list });
  const asked = answers.length;
  apply({ type: 'message', room: 7, message: aMessage(3) });
  answers[asked - 1]?.([old]);
  await vi.waitFor(() => expect(answers.length).toBeGreaterThan(asked));
  expect(room()?.unread).toBe(1);
  stop();
});

it('what concerns others changes nothing here', () => {
  const before = structuredClone(thread());
  apply(
    { type: 'error', code: 'frame.invalid', detail: '' },
    {
      type: 'notice',
      announcement: { id: 1, title: '', body: '', publishedAt: '', readAt: null },
    },
    { type: 'bye', reason: 'shutdown', retryAfter: 1 },
  );
  expect(thread()).toEqual(before);
});
