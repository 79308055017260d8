import type { QueryClient } from '@tanstack/react-query';
import { announcementKeys } from '@/features/announcements/queries';
import { orderKeys } from '@/features/order/keys';
import { adoptRoom, roomKeys, roomQuery } from '@/features/rooms/queries';

/** So many milliseconds more changes of the same room are waited for. */
export const GATHER = 150;
/** Each member makes a list of members this much older, in milliseconds, before it is asked for again; up to the most. */
const EACH = 10;
const MOST = 10_000;

const waiting = new WeakMap<QueryClient, Set<string>>();

/** Asks for a room anew, in a moment: many changes at once are one question. */
export function refreshRoom(cache: QueryClient, roomId: number): void {
  later(cache, `room ${roomId}`, GATHER, () => fetchRoom(cache, roomId));
}

/**
 * Asks anew who is in a room. A hundred people who come at once are one question; and where a thousand come one after the other, a
 * thousand clients do not ask for all of them each time, nor all at the same moment.
 */
export function refreshPeople(cache: QueryClient, roomId: number, random = Math.random): void {
  const count = cache.getQueryData(roomQuery(roomId).queryKey)?.memberCount ?? 0;
  const wait = Math.max(GATHER, Math.min(MOST, count * EACH) * (0.5 + random() / 2));
  later(cache, `people ${roomId}`, wait, () => {
    void cache.invalidateQueries({ queryKey: roomKeys.members(roomId) });
    void fetchRoom(cache, roomId);
  });
}

/** Asks anew what was announced: after an absence many announcements come at once. */
export function refreshAnnouncements(cache: QueryClient): void {
  later(cache, 'announcements', GATHER, () => {
    void cache.invalidateQueries({ queryKey: announcementKeys.all });
  });
}

function later(cache: QueryClient, what: string, wait: number, work: () => void) {
  const planned = waiting.get(cache) ?? new Set<string>();
  waiting.set(cache, planned);
  if (planned.has(what)) return;
  planned.add(what);
  setTimeout(() => {
    planned.delete(what);
    work();
  }, wait);
}

async function fetchRoom(cache: QueryClient, roomId: number): Promise<void> {
  const query = roomQuery(roomId);
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
