import type { QueryClient } from '@tanstack/react-query';
import { orderKeys } from '@/features/order/queries';
import { adoptRoom, roomKeys, roomQuery } from '@/features/rooms/queries';

/** So many milliseconds more changes of the same room are waited for. */
export const GATHER = 150;

const waiting = new WeakMap<QueryClient, Set<number>>();

/** Asks for a room and its members anew, in a moment: a hundred people who come at once are one question. */
export function refreshRoom(cache: QueryClient, roomId: number): void {
  const rooms = waiting.get(cache) ?? new Set<number>();
  waiting.set(cache, rooms);
  if (rooms.has(roomId)) return;
  rooms.add(roomId);
  setTimeout(() => {
    rooms.delete(roomId);
    void fetchRoom(cache, roomId);
  }, GATHER);
}

async function fetchRoom(cache: QueryClient, roomId: number): Promise<void> {
  const query = roomQuery(roomId);
  void cache.invalidateQueries({ queryKey: roomKeys.members(roomId) });
  // Who is asked to choose depends on who is there, and whether anybody may on the phase.
  void cache.invalidateQueries({ queryKey: orderKeys.room(roomId) });
  // An answer under way may be older than the change.
  await cache.cancelQueries({ queryKey: query.queryKey, exact: true });
  try {
    adoptRoom(cache, await cache.fetchQuery({ ...query, staleTime: 0 }));
  } catch {
    // Without a connection everything is asked for again as soon as there is one; a room that is gone, GoneRooms sees.
  }
}
