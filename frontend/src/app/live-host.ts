import type { QueryClient } from '@tanstack/react-query';
import { api, must } from '@/api/client';
import { Problem } from '@/api/problem';
import type { Session } from '@/api/session';
import { applyFrame } from '@/app/apply-frame';
import { CatchUp } from '@/app/catch-up';
import { watchConsent } from '@/app/consent-watch';
import { GoneRooms } from '@/app/gone-rooms';
import { forgetDrafts, saveDraft } from '@/features/messages/drafts';
import { cachedThread, roomOfThread } from '@/features/messages/queries';
import { Live } from '@/realtime/live';
import { OutboxStorage } from '@/realtime/outbox-storage';
import { DialRefused } from '@/realtime/socket';
import { joinTabs } from '@/realtime/tabs';

/**
 * Keeps one live connection of one user and joins it to the cache, as long as anybody subscribes. A store for
 * useSyncExternalStore.
 */
export class LiveHost {
  readonly #cache: QueryClient;
  readonly #session: Session;
  readonly #user: number;
  readonly #listeners = new Set<() => void>();
  /** Rooms that are not mine any more. */
  readonly gone: GoneRooms;
  #live: Live | null = null;
  #ends: (() => void)[] = [];

  constructor(cache: QueryClient, session: Session, user: number) {
    this.#cache = cache;
    this.#session = session;
    this.#user = user;
    this.gone = new GoneRooms(cache, (roomId) => {
      this.#live?.outbox.forget(roomId);
      saveDraft(user, roomId, '');
    });
  }

  readonly current = (): Live | null => this.#live;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  };

  #start() {
    const catchUp = new CatchUp(
      this.#cache,
      (roomId) => live.viewed() === roomId,
      (roomId) => this.gone.report(roomId, 'gone'),
    );
    const live = new Live({
      open: openSocket,
      storage: new OutboxStorage(localStorage, this.#user),
      tab: joinTabs(navigator.locks),
      onEnvelope: (envelope) => applyFrame(this.#cache, envelope, this.gone.report),
      onStale: () => catchUp.everything(),
      onOver: () => void this.#over(),
      sinceRev: (room) => cachedThread(this.#cache, room)?.rev,
    });
    this.#live = live;
    this.#ends = [
      catchUp.start(),
      this.gone.start(),
      watchConsent(this.#cache),
      this.#cache.getQueryCache().subscribe(({ type, query }) => {
        const roomId = roomOfThread(query.queryKey);
        if (type === 'updated' && roomId !== undefined) this.#settle(live, roomId);
      }),
      this.#session.subscribe(() => {
        const state = this.#session.state();
        // Whoever logs out leaves nothing behind; a session that merely ended keeps what could not be sent yet.
        if (state.status !== 'signed-out' || state.why !== 'left') return;
        live.outbox.clear();
        forgetDrafts(this.#user);
      }),
    ];
    live.start();
    for (const listener of this.#listeners) listener();
  }

  #stop() {
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#live?.stop();
    this.#live = null;
  }

  /** A message that has its row is not on its way any more, nor is one whose row lies before what is loaded. */
  #settle(live: Live, roomId: number) {
    const rows = cachedThread(this.#cache, roomId)?.rows;
    if (!rows || live.outbox.room(roomId).length === 0) return;
    const mine = new Set(rows.flatMap((row) => (row.sender === this.#user ? row.clientId : [])));
    const first = rows[0]?.seq ?? 0;
    live.outbox.arrived(
      roomId,
      ({ clientId, seq = Infinity }) => mine.has(clientId) || seq < first,
    );
  }

  /** The server ended the session behind the socket. If the cookie is good for another one, a new socket is right. */
  async #over() {
    await this.#session.restore();
    if (this.#session.state().status !== 'signed-in' || !this.#live) return;
    this.#stop();
    this.#start();
  }
}

/** A browser cannot set headers on a WebSocket: a ticket, offered as a subprotocol, says who dials. */
async function openSocket(): Promise<WebSocket> {
  try {
    const { ticket } = await must(api.POST('/ws/tickets'));
    const url = new URL('/api/v1/ws', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    return new WebSocket(url, ['emosation.v1', `ticket.${ticket}`]);
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.retryAfter !== undefined)) {
      throw new DialRefused(error.status === 401, error.retryAfter);
    }
    throw error;
  }
}
