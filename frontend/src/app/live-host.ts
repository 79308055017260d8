import type { QueryClient } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import type { Session } from '@/api/session';
import { applyFrame } from '@/app/apply-frame';
import { forgetAll } from '@/app/begin-anew';
import { CatchUp } from '@/app/catch-up';
import { watchConsent } from '@/app/consent-watch';
import { GoneRooms } from '@/app/gone-rooms';
import { forgetDrafts, saveDraft } from '@/features/messages/drafts';
import { cachedThread, roomOfThread } from '@/features/messages/queries';
import { Live } from '@/realtime/live';
import { OutboxStorage } from '@/realtime/outbox-storage';
import { DialRefused } from '@/realtime/socket';
import type { ServerEnvelope } from '@/realtime/envelopes';
import { joinTabs } from '@/realtime/tabs';

type Ticket = Schema<'Ticket'>;

/** The least time between two beginnings that `entered` asks for, in milliseconds: servers that disagree must not make us ask without end. */
const BEGIN_EVERY = 10_000;

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
  /** Which history of the server everything here is of, as far as is known. */
  #epoch: string | undefined;
  /** Was given to us and not used yet. */
  #ticket: Ticket | undefined;
  #times = 0;
  #began = -Infinity;

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

  /** How often everything began anew: nothing on the page may outlast that. */
  readonly times = (): number => this.#times;

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
      open: () => this.#open(),
      storage: new OutboxStorage(localStorage, this.#user),
      tab: joinTabs(navigator.locks),
      epoch: () => this.#epoch,
      onEnvelope: (envelope) => this.#received(envelope),
      onStale: () => catchUp.everything(),
      onOver: () => void this.#over(),
      known: (room) => cachedThread(this.#cache, room),
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

  #received(envelope: ServerEnvelope) {
    if (envelope.type !== 'entered' || !envelope.reset) {
      return applyFrame(this.#cache, envelope, this.gone.report);
    }
    if (Date.now() - this.#began >= BEGIN_EVERY) this.#beginAnew();
  }

  async #open(): Promise<WebSocket> {
    const ticket = this.#ticket ?? (await askForTicket());
    this.#ticket = undefined;
    if (this.#epoch !== undefined && this.#epoch !== ticket.epoch) {
      this.#beginAnew(ticket);
      throw new Error('Another connection has taken the place of this one.');
    }
    this.#epoch = ticket.epoch;
    return openSocket(ticket);
  }

  /**
   * The server went back to a backup: what is known here never happened. Drafts and what could not be sent yet stay, and go there under
   * the same client ids; what was acknowledged since the backup is gone with it.
   */
  #beginAnew(ticket?: Ticket) {
    this.#stop();
    this.#epoch = ticket?.epoch;
    this.#ticket = ticket;
    this.#began = Date.now();
    this.#times += 1;
    forgetAll(this.#cache);
    this.#start();
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
function openSocket({ ticket }: Ticket): WebSocket {
  const url = new URL('/api/v1/ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(url, ['emosation.v1', `ticket.${ticket}`]);
}

async function askForTicket(): Promise<Ticket> {
  try {
    return await must(api.POST('/ws/tickets'));
  } catch (error) {
    if (error instanceof Problem && (error.status === 401 || error.retryAfter !== undefined)) {
      throw new DialRefused(error.status === 401, error.retryAfter);
    }
    throw error;
  }
}
