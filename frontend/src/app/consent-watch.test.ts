import { QueryObserver } from '@tanstack/react-query';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Schema } from '@/api/client';
import { watchConsent } from '@/app/consent-watch';
import { createQueryClient } from '@/app/query-client';
import { cachedThread, threadQuery } from '@/features/messages/queries';
import { threadOf } from '@/features/messages/thread';
import { adoptRoom, roomQuery, roomsQuery } from '@/features/rooms/queries';
import { aMessage, aPage, aReading, aRoom } from '@/testing/messages';
import { answer, unreachable } from '@/testing/server';

const read = (seq: number, change: Partial<Schema<'Message'>> = {}) =>
  aMessage(seq, { reading: aReading(), ...change });

/** Room 7 with two messages that have readings, in a list and by itself. */
function aCache() {
  const cache = createQueryClient();
  cache.setQueryData(roomsQuery.queryKey, [aRoom({ readingsRev: 3 })]);
  cache.setQueryData(threadQuery(7).queryKey, threadOf(aPage([read(1), read(2)]), true));
  const stop = watchConsent(cache);
  adoptRoom(cache, aRoom({ readingsRev: 3 }));
  const shown = () => cachedThread(cache, 7)?.rows.map(({ reading }) => reading?.label ?? null);
  return { cache, stop, shown };
}

/** Somebody looks at the messages. */
function looking({ cache }: ReturnType<typeof aCache>) {
  return new QueryObserver(cache, { ...threadQuery(7), enabled: false }).subscribe(() => undefined);
}

let asked: ReturnType<typeof answer>;
beforeEach(() => {
  asked = answer('get', '/rooms/7/messages', aPage([read(1, { reading: null }), read(2)]));
});

it('fetches the readings anew when consent has changed', async () => {
  const world = aCache();
  const away = looking(world);
  adoptRoom(world.cache, aRoom({ readingsRev: 4 }));
  await vi.waitFor(() => expect(world.shown()).toEqual([null, 'joy']));
  expect(asked).toHaveLength(1);
  away();
  world.stop();
});

it('forgets them when they cannot be fetched', async () => {
  const world = aCache();
  unreachable('get', '/rooms/7/messages');
  const away = looking(world);
  adoptRoom(world.cache, aRoom({ readingsRev: 4 }));
  await vi.waitFor(() => expect(world.shown()).toEqual([null, null]));
  away();
  world.stop();
});

it('drops what nobody looks at', () => {
  const world = aCache();
  world.cache.setQueryData(roomsQuery.queryKey, [aRoom({ readingsRev: 9 })]);
  expect(world.shown()).toBeUndefined();
  expect(asked).toHaveLength(0);
  world.stop();
});

it('asks nothing as long as consent stays as it is', () => {
  const world = aCache();
  const away = looking(world);
  adoptRoom(world.cache, aRoom({ readingsRev: 3, version: 8 }));
  world.cache.setQueryData(roomQuery(7).queryKey, aRoom({ readingsRev: 2 })); // An older answer.
  expect(world.shown()).toEqual(['joy', 'joy']);
  expect(asked).toHaveLength(0);
  away();
  world.stop();
});
