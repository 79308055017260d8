import { QueryClient } from '@tanstack/react-query';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CatchUp } from '@/app/catch-up';
import {
  cachedThread,
  changeThread,
  messageKeys,
  roomNowQuery,
  threadQuery,
} from '@/features/messages/queries';
import { noted, threadOf, withRows, type Message } from '@/features/messages/thread';
import { roomKeys } from '@/features/rooms/queries';
import { aMessage, aPage } from '@/testing/messages';
import { server } from '@/testing/server';

let cache: QueryClient;
let viewed: number | undefined;
let stop: () => void;
let catchUp: CatchUp;
/** The rows of every room, as the server has them now. */
let rows: Message[];
let asked: string[];
let failures: number;
const onUnknown = vi.fn<(roomId: number) => void>();

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  viewed = undefined;
  asked = [];
  failures = 0;
  rows = [aMessage(1), aMessage(2)];
  server.use(
    http.get('*/api/v1/rooms/:room/messages', ({ request, params }) => {
      const { searchParams } = new URL(request.url);
      const since = Number(searchParams.get('since_rev'));
      asked.push(`${String(params.room)} since ${since}`);
      if (failures-- > 0) return HttpResponse.json({ code: 'busy' }, { status: 503 });
      const missing = rows.filter(({ rev }) => rev > since).sort((a, b) => a.rev - b.rev);
      const last = rows.reduce((most, { rev }) => Math.max(most, rev), 0);
      const items = missing.slice(0, 2);
      return HttpResponse.json(
        aPage(items, { lastSeq: rows.length, lastRev: last, hasMore: missing.length > 2 }),
      );
    }),
  );
  cache.setQueryData(threadQuery(7).queryKey, threadOf(aPage(rows), true));
  catchUp = new CatchUp(cache, (room) => room === viewed, onUnknown);
  stop = catchUp.start();
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

const bodies = () => cachedThread(cache, 7)?.rows.map(({ body }) => body);

it('leaves a thread alone that misses nothing', async () => {
  changeThread(cache, 7, (thread) => withRows(thread, [aMessage(3)]));
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toEqual([]);
});

it('gives a missing change a moment, then asks for it, page by page', async () => {
  rows = [1, 2, 3, 4, 5, 6].map((seq) => aMessage(seq));
  changeThread(cache, 7, (thread) => withRows(thread, [aMessage(6)]));
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toEqual([]);
  await vi.waitFor(() => expect(bodies()).toHaveLength(6));
  expect(asked).toEqual(['7 since 2', '7 since 4']);
});

it('does not ask when the missing change comes by itself', async () => {
  changeThread(cache, 7, (thread) => withRows(thread, [aMessage(4)]));
  await vi.advanceTimersByTimeAsync(300);
  changeThread(cache, 7, (thread) => withRows(thread, [aMessage(3)]));
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toEqual([]);
});

it.each([
  ['has another history', { epoch: 'another' }],
  ['never came as far', { lastRev: 1 }],
])('forgets what it knows when the server %s', async (_case, change) => {
  server.use(
    http.get('*/api/v1/rooms/7/messages', () => HttpResponse.json(aPage([aMessage(1)], change))),
  );
  catchUp.everything();
  await vi.waitFor(() => expect(bodies()).toBeUndefined());
});

it('tries again when the server is busy', async () => {
  rows = [...rows, aMessage(3)];
  failures = 2;
  changeThread(cache, 7, (thread) => noted(thread, { lastSeq: 3, lastRev: 3 }));
  await vi.waitFor(() => expect(bodies()).toHaveLength(3), { timeout: 20_000 });
  expect(asked).toHaveLength(3);
});

it('forgets a room that is not mine any more', async () => {
  server.use(
    http.get('*/api/v1/rooms/:room/messages', () =>
      HttpResponse.json({ code: 'room.not_found' }, { status: 404 }),
    ),
  );
  changeThread(cache, 7, (thread) => noted(thread, { lastSeq: 3, lastRev: 3 }));
  await vi.waitFor(() => expect(cachedThread(cache, 7)).toBeUndefined());
  expect(onUnknown).toHaveBeenCalledWith(7);
});

it('after an absence asks for all that was missed, except in the room that is entered anyway', async () => {
  viewed = 8;
  cache.setQueryData(threadQuery(8).queryKey, threadOf(aPage(rows), true));
  cache.setQueryData(roomKeys.list, []);
  cache.setQueryData(roomNowQuery(7).queryKey, { viewers: [2], typing: {} });
  rows = [aMessage(1, { rev: 3, body: 'edited' }), aMessage(2)];
  catchUp.everything();
  await vi.waitFor(() => expect(bodies()).toEqual(['edited', 'message 2']));
  expect(asked).toEqual(['7 since 2']);
  expect(cache.getQueryState(roomKeys.list)?.isInvalidated).toBe(true);
  expect(cache.getQueryData(roomNowQuery(7).queryKey)?.viewers).toEqual([]);
});

it('loads a room anew that nobody looks at and that has changed too much', async () => {
  rows = Array.from({ length: 2000 }, (_, i) => aMessage(i + 1));
  catchUp.everything();
  await vi.waitFor(() => expect(cache.getQueryState(messageKeys.thread(7))).toBeUndefined());
  expect(asked).toHaveLength(1);
});
