import { afterSeconds } from '@/realtime/backoff';
import type { ClientEnvelope, Envelope, ServerEnvelope } from '@/realtime/envelopes';
import { Outbox, TOO_MANY } from '@/realtime/outbox';
import type { OutboxStorage } from '@/realtime/outbox-storage';
import { Socket } from '@/realtime/socket';
import type { Tab } from '@/realtime/tabs';

export interface LiveOptions {
  open: () => Promise<WebSocket>;
  storage: OutboxStorage;
  tab: Tab;
  /** Which history the server has, as far as is known. */
  epoch: () => string | undefined;
  onEnvelope: (envelope: ServerEnvelope) => void;
  /** The connection stands (again): whatever is known may be stale. */
  onStale: () => void;
  onOver: () => void;
  /** Up to which rev of which epoch a room's messages are known here; nothing as long as they are not loaded. */
  known: (room: number) => { rev: number; epoch: string } | undefined;
  random?: () => number;
}

/** The least time between two `typing` and two `read` envelopes of a room, in milliseconds. */
const TYPING_EVERY = 3000;
const READ_EVERY = 400;

/** What one signed-in page does live: the socket, the outbox, and what it says about its user. */
export class Live {
  readonly outbox: Outbox;
  readonly #socket: Socket;
  readonly #options: LiveOptions;
  #viewed: number | undefined; // The room in view.
  #typed = new Map<number, number>();
  #marks = new Map<number, { seq: number; sent: number }>();
  #marking: ReturnType<typeof setTimeout> | undefined;
  #slowed: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    const random = options.random ?? Math.random;
    this.#socket = new Socket({
      open: options.open,
      random,
      onEnvelope: (envelope) => this.#received(envelope),
      onOpen: () => this.#opened(),
      onOver: options.onOver,
      probe: () => this.#entering(),
    });
    this.outbox = new Outbox({
      storage: options.storage,
      tab: options.tab,
      epoch: options.epoch,
      random,
      send: (envelope) => this.#socket.send(envelope),
      onDoubt: () => this.#socket.check(),
    });
    this.#socket.status.subscribe(() => {
      if (this.#socket.status.snapshot().phase !== 'open') this.outbox.lost();
    });
  }

  get status() {
    return this.#socket.status;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#socket.start();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    clearTimeout(this.#marking);
    clearTimeout(this.#slowed);
    this.#socket.stop();
    this.outbox.stop();
  }

  /** The room in view, if any. */
  viewed(): number | undefined {
    return this.#viewed;
  }

  /**
   * The user looks at this room, as long as the page can be seen; call what is returned when they look away.
   * Its messages have to be loaded before: whoever enters a room says how far they know it.
   */
  view(room: number): () => void {
    if (this.#viewed !== undefined && this.#viewed !== room) this.#leave(this.#viewed);
    this.#viewed = room;
    this.#enter();
    return () => {
      if (this.#viewed !== room) return;
      this.#leave(room);
      this.#viewed = undefined;
    };
  }

  /** The user has read up to here. Many marks become few envelopes, and none is lost to a lost connection. */
  read(room: number, seq: number): void {
    const mark = this.#marks.get(room);
    if (mark && mark.seq >= seq) return;
    this.#marks.set(room, { seq, sent: mark?.sent ?? 0 });
    this.#marking ??= setTimeout(() => this.#sendMarks(), READ_EVERY);
  }

  typing(room: number): void {
    const now = Date.now();
    if (now - (this.#typed.get(room) ?? 0) < TYPING_EVERY) return;
    if (this.#socket.send({ type: 'typing', room })) this.#typed.set(room, now);
  }

  /** What was typed is sent; the next word is news again. */
  typed(room: number): void {
    this.#typed.delete(room);
  }

  #opened() {
    this.#options.onStale();
    this.#sayAgain();
    void this.outbox.opened();
  }

  #received(envelope: ServerEnvelope) {
    if (envelope.type === 'ack') this.outbox.acked(envelope);
    if (envelope.type === 'error') this.#refused(envelope);
    this.#options.onEnvelope(envelope);
  }

  #refused(envelope: Envelope<'error'>) {
    this.outbox.refused(envelope);
    if (envelope.code !== TOO_MANY || envelope.clientId) return;
    // What was refused is not told, and entering a room and marks must not be lost.
    const wait = afterSeconds(envelope.retryAfter ?? 1, this.#options.random ?? Math.random);
    this.#slowed ??= setTimeout(() => this.#sayAgain(), wait);
  }

  /** Where I am and how far I have read: sent is not received. */
  #sayAgain() {
    clearTimeout(this.#slowed);
    this.#slowed = undefined;
    this.#enter();
    for (const mark of this.#marks.values()) mark.sent = 0;
    this.#sendMarks();
  }

  #sendMarks() {
    clearTimeout(this.#marking);
    this.#marking = undefined;
    for (const [room, mark] of this.#marks) {
      if (mark.seq > mark.sent && this.#socket.send({ type: 'read', room, seq: mark.seq })) {
        mark.sent = mark.seq;
      }
    }
  }

  #entering(): ClientEnvelope | undefined {
    if (this.#viewed === undefined || document.visibilityState !== 'visible') return undefined;
    const known = this.#options.known(this.#viewed);
    if (!known) return undefined;
    return { type: 'enter', room: this.#viewed, sinceRev: known.rev, epoch: known.epoch };
  }

  #enter() {
    const entering = this.#entering();
    if (entering) this.#socket.send(entering);
  }

  #leave(room: number) {
    this.#socket.send({ type: 'close', room });
  }

  readonly #onVisibility = () => {
    if (this.#viewed === undefined) return;
    if (document.visibilityState === 'visible') this.#enter();
    else this.#leave(this.#viewed);
  };
}
