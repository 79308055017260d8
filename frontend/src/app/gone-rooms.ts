import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { createContext, use } from 'react';
import { Problem } from '@/api/problem';
import { messageKeys } from '@/features/messages/queries';
import { orderKeys } from '@/features/order/keys';
import { forgetFound } from '@/features/search/queries';
import { roomKeys, roomName, roomQuery, roomsQuery } from '@/features/rooms/queries';

/** left = I went, here or on another device; kicked = the host put me out; gone = all we know is that it is not mine any more. */
export type Why = 'left' | 'kicked' | 'gone';

/** A room that I was in and am not any more. */
export interface Gone {
  roomId: number;
  /** What it was called. */
  name: string | undefined;
  why: Why;
}

/**
 * Sees to it that nothing stays here of rooms that I am no member of any more, and tells whoever shows one. It is told by frames, and
 * finds out by itself when the server answers that a room of mine is unknown.
 */
export class GoneRooms {
  readonly #cache: QueryClient;
  readonly #drop: (roomId: number) => void;
  readonly #listeners = new Set<(gone: Gone) => void>();

  /** `drop` forgets what is kept of a room outside the cache. */
  constructor(cache: QueryClient, drop: (roomId: number) => void) {
    this.#cache = cache;
    this.#drop = drop;
  }

  readonly subscribe = (listener: (gone: Gone) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** This room is not mine any more. Only the first word of it counts. */
  readonly report = (roomId: number, why: Why): void => {
    const room =
      this.#cache.getQueryData(roomQuery(roomId).queryKey) ??
      this.#cache.getQueryData(roomsQuery.queryKey)?.find(({ id }) => id === roomId);
    if (!room) return;
    // First the page that shows it goes away: a query that is still looked at would be asked for again.
    for (const listener of this.#listeners) listener({ roomId, name: roomName(room), why });
    forgetRoom(this.#cache, roomId);
    this.#drop(roomId);
  };

  /** Watches for answers that say so; returns how to stop. */
  start(): () => void {
    return this.#cache.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'error') return;
      const { error } = event.action;
      const roomId = roomOf(event.query.queryKey);
      if (roomId !== undefined && isUnknownRoom(error)) this.report(roomId, 'gone');
    });
  }
}

/** The server says that I have no such room. */
export function isUnknownRoom(error: unknown): boolean {
  return error instanceof Problem && error.status === 404 && error.code === 'room.not_found';
}

/** Everything the cache knows of a room. */
export function forgetRoom(cache: QueryClient, roomId: number): void {
  cache.setQueryData(roomsQuery.queryKey, (rooms) => rooms?.filter(({ id }) => id !== roomId));
  forgetFound(cache, roomId);
  cache.removeQueries({ predicate: ({ queryKey }) => roomOf(queryKey) === roomId });
}

/** The room that a query is about, if it is about one. */
function roomOf(key: QueryKey): number | undefined {
  const [noun, kind, roomId] = key;
  const about =
    (noun === roomKeys.all[0] && (kind === 'one' || kind === 'members')) ||
    noun === messageKeys.all[0] ||
    (noun === orderKeys.all[0] && (kind === 'room' || kind === 'wish'));
  return about && typeof roomId === 'number' ? roomId : undefined;
}

export const GoneRoomsContext = createContext<GoneRooms | null>(null);

export function useGoneRooms(): GoneRooms {
  const gone = use(GoneRoomsContext);
  if (!gone) throw new Error('useGoneRooms is for pages of signed-in people');
  return gone;
}
