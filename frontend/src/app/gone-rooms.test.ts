import { QueryClient, type QueryKey } from '@tanstack/react-query';
import { beforeEach, expect, it, vi } from 'vitest';
import { api, must } from '@/api/client';
import { GoneRooms, type Gone } from '@/app/gone-rooms';
import { messageKeys, roomNowQuery, threadQuery } from '@/features/messages/queries';
import { threadOf } from '@/features/messages/thread';
import { orderKeys } from '@/features/order/keys';
import { membersQuery, roomKeys, roomQuery, roomsQuery } from '@/features/rooms/queries';
import { aMember, aMessage, aPage, aRoom } from '@/testing/messages';
import { refuse } from '@/testing/server';

let cache: QueryClient;
let gone: GoneRooms;
let heard: Gone[];
const drop = vi.fn<(roomId: number) => void>();

beforeEach(() => {
  cache = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  drop.mockClear();
  heard = [];
  gone = new GoneRooms(cache, drop);
  gone.subscribe((one) => heard.push(one));
  for (const id of [7, 8]) {
    cache.setQueryData(roomQuery(id).queryKey, aRoom({ id, kind: 'group', title: `Room ${id}` }));
    cache.setQueryData(membersQuery(id).queryKey, [aMember(1, 0)]);
    cache.setQueryData(threadQuery(id).queryKey, threadOf(aPage([aMessage(1)]), true));
    cache.setQueryData(messageKeys.one(id, 1), aMessage(1));
    cache.setQueryData(roomNowQuery(id).queryKey, { viewers: [2], typing: {} });
    cache.setQueryData(orderKeys.room(id), {});
  }
  cache.setQueryData(roomsQuery.queryKey, [aRoom({ id: 7 }), aRoom({ id: 8 })]);
});

const about = (roomId: number) =>
  cache
    .getQueryCache()
    .getAll()
    .filter(({ queryKey }) => queryKey[2] === roomId);

it('leave nothing behind, and the other rooms alone', () => {
  gone.report(7, 'kicked');
  expect(heard).toEqual([{ roomId: 7, name: 'Room 7', why: 'kicked' }]);
  expect(about(7)).toEqual([]);
  expect(about(8)).toHaveLength(6);
  expect(cache.getQueryData(roomsQuery.queryKey)?.map(({ id }) => id)).toEqual([8]);
  expect(drop).toHaveBeenCalledExactlyOnceWith(7);
});

it('are told of once', () => {
  gone.report(7, 'left');
  gone.report(7, 'gone');
  gone.report(99, 'gone');
  expect(heard.map(({ why }) => why)).toEqual(['left']);
});

it.each([[roomKeys.one(7)], [roomKeys.members(7)], [orderKeys.room(7)]])(
  'are found out by an answer to %j',
  async (queryKey: QueryKey) => {
    const stop = gone.start();
    refuse('get', '/rooms/7', { status: 404, code: 'room.not_found' });
    const queryFn = () => must(api.GET('/rooms/{roomId}', { params: { path: { roomId: 7 } } }));
    await expect(cache.fetchQuery({ queryKey, queryFn, staleTime: 0 })).rejects.toThrow();
    expect(heard.map(({ why }) => why)).toEqual(['gone']);
    stop();
  },
);

it('are not those whose answers merely fail', async () => {
  const stop = gone.start();
  refuse('get', '/rooms/7', { status: 500, code: 'server.failed' });
  await expect(cache.fetchQuery({ ...roomQuery(7), staleTime: 0 })).rejects.toThrow();
  refuse('get', '/rooms/7/members', { status: 404, code: 'unknown' });
  await expect(cache.fetchQuery({ ...membersQuery(7), staleTime: 0 })).rejects.toThrow();
  expect(heard).toEqual([]);
  expect(about(7)).toHaveLength(6);
  stop();
});
