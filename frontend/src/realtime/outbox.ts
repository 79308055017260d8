import { afterSeconds, backoff } from '@/realtime/backoff';
import { newClientId } from '@/realtime/client-id';
import type { ClientEnvelope, Envelope } from '@/realtime/envelopes';
import type { OutboxStorage, Unsent } from '@/realtime/outbox-storage';
import type { Tab } from '@/realtime/tabs';

/** waiting = for its turn or the connection; sending = with the server; sent = stored, its row is on the way; failed = refused for good. */
export type OutgoingState = 'waiting' | 'sending' | 'sent' | 'failed';

export interface Outgoing extends Unsent {
  readonly state: OutgoingState;
  /** Its place in the room, once sent. */
  readonly seq?: number;
}

export interface Draft {
  room: number;
  body: string;
  replyTo?: number;
}

function draftOf({ room, body, replyTo }: Draft): Draft {
  return { room, body, ...(replyTo !== undefined && { replyTo }) };
}

export interface OutboxOptions {
  storage: OutboxStorage;
  tab: Tab;
  /** Which history the server has, once it is known: always when the connection stands. */
  epoch: () => string | undefined;
  /** False when there is no connection. */
  send: (envelope: ClientEnvelope) => boolean;
  /** The server should have answered by now, or something waits for a connection. */
  onDoubt: () => void;
  random?: () => number;
}

/** The code with which the server refuses an envelope for being one too many in a short time. */
export const TOO_MANY = 'frame.too_many';

/** How long an ack may take before the message is sent once more, in milliseconds. */
export const ACK_TIMEOUT = 10_000;

function isUnsent({ state }: Outgoing): boolean {
  return state === 'waiting' || state === 'sending';
}

const none: readonly Outgoing[] = [];

/**
 * Messages on their way to the server. Within a room they go one by one, each after the ack of the one before, so that their
 * order is the order of writing whatever happens in between. Each is sent again, with the same client id, until it
 * is acknowledged or refused for good; only then it leaves the storage. Several tabs keep apart: each sends what
 * was written in it, and takes over what a closed tab left behind.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #random: () => number;
  readonly #rooms = new Map<number, readonly Outgoing[]>();
  readonly #listeners = new Set<() => void>();
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();
  readonly #refusals = new Map<number, number>(); // In a row, by room.
  #slowed: ReturnType<typeof setTimeout> | undefined; // Nothing is sent for a while.
  #open = false;
  #last = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The room's messages on their way, in their order; the same list until something changes. */
  readonly room = (room: number): readonly Outgoing[] => this.#rooms.get(room) ?? none;

  /** How many messages wait for the server, in all rooms. */
  readonly waiting = (): number => {
    let count = 0;
    for (const items of this.#rooms.values()) {
      count += items.filter(isUnsent).length;
    }
    return count;
  };

  /** Takes the message; it is safe from now on, also when the page goes away. */
  add(draft: Draft): void {
    const unsent = this.#written(draft, newClientId(), this.#options.epoch());
    this.#set(draft.room, [...this.room(draft.room), { ...unsent, state: 'waiting' }]);
    if (this.#open) this.#pump(draft.room);
    else this.#options.onDoubt();
  }

  /** Tries a failed message again, after what was written since. */
  retry(room: number, clientId: string): void {
    const item = this.room(room).find((one) => one.clientId === clientId && one.state === 'failed');
    if (!item) return;
    const unsent = this.#written(item, clientId, item.epoch);
    const others = this.room(room).filter((one) => one !== item);
    this.#set(room, [...others, { ...unsent, state: 'waiting' }]);
    this.#pump(room);
  }

  /** Forgets a message that was refused. */
  drop(room: number, clientId: string): void {
    this.#options.storage.remove(clientId);
    this.#set(
      room,
      this.room(room).filter((one) => one.clientId !== clientId),
    );
  }

  /** For a room that is not mine any more: nothing goes there, and nothing of it stays. */
  forget(room: number): void {
    this.#stopTimer(room);
    this.#refusals.delete(room);
    for (const { clientId } of this.room(room)) this.#options.storage.remove(clientId);
    this.#set(room, none);
  }

  /** The connection stands: everything unanswered goes out again, and what closed tabs left behind. */
  async opened(): Promise<void> {
    this.#open = true;
    await this.adopt();
    for (const room of this.#rooms.keys()) this.#pump(room);
  }

  /** There is no connection; whatever was with the server may or may not have arrived. */
  lost(): void {
    this.#open = false;
    this.#endSlow();
    for (const [room, items] of this.#rooms) {
      this.#stopTimer(room);
      if (items.some(({ state }) => state === 'sending')) {
        this.#set(
          room,
          items.map((one) => (one.state === 'sending' ? { ...one, state: 'waiting' } : one)),
        );
      }
    }
  }

  acked({ room, clientId, seq }: Envelope<'ack'>): void {
    this.#options.storage.remove(clientId);
    this.#refusals.delete(room);
    // What was sent twice is acknowledged twice: a late ack says nothing about the message whose turn it is now.
    const turn = this.room(room).find(isUnsent);
    if (turn?.clientId === clientId) this.#stopTimer(room);
    this.#change(room, clientId, (item) => ({ ...item, state: 'sent', seq }));
    this.#pump(room);
  }

  refused({ code, clientId, retryAfter }: Envelope<'error'>): void {
    if (code === TOO_MANY) this.#slow(retryAfter ?? 1);
    const item = [...this.#rooms.values()].flat().find((one) => one.clientId === clientId);
    if (!item || item.state !== 'sending') return;
    this.#stopTimer(item.room);
    // Trouble of the server's own says nothing about the message.
    const seconds = retryAfter ?? { internal: 2, [TOO_MANY]: 1 }[code];
    if (seconds !== undefined) {
      this.#change(item.room, item.clientId, (one) => ({ ...one, state: 'waiting' }));
      this.#tryLater(item.room, seconds);
      return;
    }
    this.#options.storage.put({ ...item, failed: code });
    this.#change(item.room, item.clientId, (one) => ({ ...one, failed: code, state: 'failed' }));
    this.#pump(item.room);
  }

  /** Messages that are in the room's list now are not on their way any more. */
  arrived(room: number, has: (item: Outgoing) => boolean): void {
    const items = this.room(room);
    const here = items.filter(has);
    if (here.length === 0) return;
    for (const { clientId } of here) this.#options.storage.remove(clientId);
    this.#set(
      room,
      items.filter((one) => !here.includes(one)),
    );
    if (here.some(({ state }) => state === 'sending')) this.#stopTimer(room);
    this.#pump(room);
  }

  /** Takes over what tabs that are gone did not get sent. */
  async adopt(): Promise<void> {
    const { storage, tab } = this.#options;
    const foreign = storage.load().filter((unsent) => unsent.tab !== tab.id);
    for (const owner of new Set(foreign.map((unsent) => unsent.tab))) {
      await tab.ifGone(owner, () => {
        // Read again: another tab may have been faster.
        for (const unsent of storage.load().filter((one) => one.tab === owner))
          this.#adoptOne(unsent);
      });
    }
  }

  /** For the log-out: stops, and leaves nothing behind. */
  clear(): void {
    this.stop();
    this.#options.storage.clear();
    for (const room of this.#rooms.keys()) this.#set(room, none);
  }

  /** Stops sending; what is unsent stays stored for the next page. */
  stop(): void {
    this.#open = false;
    this.#endSlow();
    for (const room of this.#timers.keys()) this.#stopTimer(room);
    this.#options.tab.leave();
  }

  /** Puts a message behind what was written before, in the storage. */
  #written(draft: Draft, clientId: string, epoch: string | undefined): Unsent {
    this.#last = Math.max(Date.now(), this.#last + 1);
    const unsent = {
      ...draftOf(draft),
      ...(epoch !== undefined && { epoch }),
      clientId,
      at: this.#last,
      tab: this.#options.tab.id,
    };
    this.#options.storage.put(unsent);
    return unsent;
  }

  /** Since a backup was restored, the place that a message answers may hold another one, or nothing: it goes without its answer. */
  #adoptOne({ epoch, replyTo, ...unsent }: Unsent) {
    const now = this.#options.epoch();
    const fits = epoch === undefined || epoch === now;
    const mine = {
      ...unsent,
      ...(fits && replyTo !== undefined && { replyTo }),
      ...(now !== undefined && { epoch: now }),
      tab: this.#options.tab.id,
    };
    this.#options.storage.put(mine);
    const items = [
      ...this.room(unsent.room),
      { ...mine, state: mine.failed ? 'failed' : 'waiting' } as const,
    ];
    this.#set(
      unsent.room,
      items.sort((a, b) => a.at - b.at),
    );
  }

  /** Sends the room's next message, unless one is with the server or a pause was asked for. */
  #pump(room: number) {
    if (!this.#open || this.#slowed || this.#timers.has(room)) return;
    const next = this.room(room).find(isUnsent);
    if (next?.state !== 'waiting') return;
    const { clientId } = next;
    const sent = this.#options.send({ type: 'message', clientId, ...draftOf(next) });
    if (!sent) return;
    this.#change(room, clientId, (item) => ({ ...item, state: 'sending' }));
    this.#after(room, ACK_TIMEOUT, () => {
      this.#change(room, clientId, (item) => ({ ...item, state: 'waiting' }));
      this.#options.onDoubt();
    });
  }

  /** All rooms share one connection: what is too much there is too much of all. */
  #slow(seconds: number) {
    clearTimeout(this.#slowed);
    this.#slowed = setTimeout(
      () => {
        this.#slowed = undefined;
        for (const room of this.#rooms.keys()) this.#pump(room);
      },
      afterSeconds(seconds, this.#random),
    );
  }

  #endSlow() {
    clearTimeout(this.#slowed);
    this.#slowed = undefined;
  }

  #tryLater(room: number, seconds: number) {
    const refusals = this.#refusals.get(room) ?? 0;
    this.#refusals.set(room, refusals + 1);
    const wait = Math.max(afterSeconds(seconds, this.#random), backoff(refusals, this.#random));
    this.#after(room, wait, () => undefined);
  }

  #after(room: number, ms: number, then: () => void) {
    this.#stopTimer(room);
    const timer = setTimeout(() => {
      this.#timers.delete(room);
      then();
      this.#pump(room);
    }, ms);
    this.#timers.set(room, timer);
  }

  #stopTimer(room: number) {
    clearTimeout(this.#timers.get(room));
    this.#timers.delete(room);
  }

  #change(room: number, clientId: string, change: (item: Outgoing) => Outgoing) {
    this.#set(
      room,
      this.room(room).map((one) => (one.clientId === clientId ? change(one) : one)),
    );
  }

  #set(room: number, items: readonly Outgoing[]) {
    this.#rooms.set(room, items);
    for (const listener of this.#listeners) listener();
  }
}
