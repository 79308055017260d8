import type { QueryClient } from '@tanstack/react-query';
import { Problem } from '@/api/problem';
import { isUnknownRoom } from '@/app/gone-rooms';
import {
  cachedThread,
  changeThread,
  fetchChanges,
  messageKeys,
  quiet,
  roomOfThread,
  type RoomNow,
} from '@/features/messages/queries';
import { isBehind, withChanges } from '@/features/messages/thread';
import { meQuery } from '@/features/account/queries';
import { announcementKeys } from '@/features/announcements/queries';
import { friendKeys } from '@/features/friends/queries';
import { orderKeys } from '@/features/order/keys';
import { roomKeys } from '@/features/rooms/queries';
import { backoff } from '@/realtime/backoff';

/** A missing change often is on its way; only after this time, in milliseconds, it is asked for. */
const PATIENCE = 600;
/** So many missing changes are not fetched for a room that nobody looks at: it is loaded anew when it is opened. */
const TOO_MANY = 600;

/** Makes the threads in the cache whole again, by rev. */
export class CatchUp {
  readonly #cache: QueryClient;
  readonly #isViewed: (roomId: number) => boolean;
  readonly #onUnknown: (roomId: number) => void;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #running = new Set<number>();
  readonly #failures = new Map<number, number>();

  /** `onUnknown` is told of rooms that the server knows no more, or not as mine. */
  constructor(
    cache: QueryClient,
    isViewed: (roomId: number) => boolean,
    onUnknown: (roomId: number) => void,
  ) {
    this.#cache = cache;
    this.#isViewed = isViewed;
    this.#onUnknown = onUnknown;
  }

  /** Watches for threads that have a gap; returns how to stop. */
  start(): () => void {
    const unsubscribe = this.#cache.getQueryCache().subscribe(({ type, query }) => {
      const roomId = roomOfThread(query.queryKey);
      if (type === 'updated' && roomId !== undefined) this.#look(roomId);
    });
    return () => {
      unsubscribe();
      for (const timer of this.#timers.values()) clearTimeout(timer);
      this.#timers.clear();
    };
  }

  /** After an absence: lists are asked for again, and every thread for what it missed. The room in view is entered anyway. */
  everything(): void {
    this.#cache.setQueriesData<RoomNow>({ queryKey: messageKeys.nows }, () => quiet);
    for (const queryKey of [
      roomKeys.all,
      friendKeys.all,
      orderKeys.all,
      announcementKeys.all,
      meQuery.queryKey,
    ]) {
      void this.#cache.invalidateQueries({ queryKey });
    }
    for (const { queryKey } of this.#cache.getQueryCache().findAll()) {
      const roomId = roomOfThread(queryKey);
      if (roomId !== undefined && !this.#isViewed(roomId)) void this.#fetch(roomId);
    }
  }

  #look(roomId: number) {
    const thread = cachedThread(this.#cache, roomId);
    if (!thread || !isBehind(thread)) {
      clearTimeout(this.#timers.get(roomId));
      this.#timers.delete(roomId);
    } else if (!this.#timers.has(roomId) && !this.#running.has(roomId)) {
      this.#later(roomId, PATIENCE);
    }
  }

  #later(roomId: number, ms: number) {
    const timer = setTimeout(() => {
      this.#timers.delete(roomId);
      void this.#fetch(roomId);
    }, ms);
    this.#timers.set(roomId, timer);
  }

  async #fetch(roomId: number) {
    if (this.#running.has(roomId)) return;
    this.#running.add(roomId);
    try {
      await this.#pages(roomId);
      this.#failures.delete(roomId);
      this.#running.delete(roomId);
      this.#look(roomId);
    } catch (error) {
      this.#running.delete(roomId);
      if (error instanceof Problem && (error.status === 404 || error.status === 403)) {
        this.#cache.removeQueries({ queryKey: messageKeys.thread(roomId) });
        if (isUnknownRoom(error)) this.#onUnknown(roomId);
        return;
      }
      const failures = this.#failures.get(roomId) ?? 0;
      this.#failures.set(roomId, failures + 1);
      this.#later(roomId, 1000 + backoff(failures, Math.random));
    }
  }

  async #pages(roomId: number) {
    for (let more = true; more;) {
      const thread = cachedThread(this.#cache, roomId);
      if (!thread) return;
      const page = await fetchChanges(roomId, thread.rev);
      if (page.epoch !== thread.epoch || page.lastRev < thread.rev) {
        // The server went back to a backup: what is here never happened.
        await this.#cache.resetQueries({ queryKey: messageKeys.thread(roomId) });
        return;
      }
      if (page.hasMore && page.lastRev - thread.rev > TOO_MANY && !this.#isViewed(roomId)) {
        this.#cache.removeQueries({ queryKey: messageKeys.thread(roomId) });
        return;
      }
      changeThread(this.#cache, roomId, (now) => withChanges(now, thread.rev, page));
      more = page.hasMore;
    }
  }
}
