import { afterSeconds, apart, backoff } from '@/realtime/backoff';
import { parseFrame, type ClientEnvelope, type ServerEnvelope } from '@/realtime/envelopes';
import { StatusStore } from '@/realtime/status';

/** What the opener rejects with when it knows more than "it did not work". */
export class DialRefused extends Error {
  constructor(
    /** The session has ended; dialling again is pointless. */
    readonly over: boolean,
    /** Seconds the server asked us to stay away. */
    readonly retryAfter?: number,
  ) {
    super('The socket was refused.');
  }
}

export interface SocketOptions {
  /** Asks for a ticket and makes the WebSocket; it may still be connecting when the promise is kept. */
  open: () => Promise<WebSocket>;
  onEnvelope: (envelope: ServerEnvelope) => void;
  /** The connection stands (again): whatever is known may be stale. */
  onOpen: () => void;
  /** The session has ended; called once, nothing follows. */
  onOver: () => void;
  /** An envelope that the server answers, to find out whether it still hears us; none if there is nothing to ask. */
  probe: () => ClientEnvelope | undefined;
  random?: () => number;
}

const SESSION_OVER = 4401;
/** Of our own: the other end does not answer. Any code from 4000 on may be used by programs. */
const NOT_ANSWERED = 4000;

const CALM = 60_000;
const DIAL_TIMEOUT = 15_000;
const TICK = 15_000;
const PROBE_TIMEOUT = 5000;
/** So long after its goodbye the server may take to close; then we do. */
const BYE_TIMEOUT = 10_000;

const timers = ['dial', 'timeout', 'calm', 'tick', 'probe'] as const;
type Timer = (typeof timers)[number];

/**
 * The one live connection to the server, kept up until the session ends.
 *
 * A dead connection is found like this: a browser does not show the server's pings to scripts, so silence proves nothing. After a minute
 * of it, after a sleep of the machine and when the network changes, the socket sends an envelope that must be answered
 * (`enter` of the room in view, with the rev we have: the answer is empty and cheap), and gives up after five seconds without
 * a word. With no room in view there is nothing to ask: then it dials anew after five silent minutes, or at once when
 * the machine slept or the network changed.
 */
export class Socket {
  readonly status = new StatusStore();
  readonly #options: SocketOptions;
  readonly #random: () => number;
  #ws: WebSocket | undefined;
  #dialling = 0; // The number of the dial in progress, so that a late answer to an older one is dropped.
  #attempt = 0;
  #wait: number | undefined; // What the server named for the next dial, in milliseconds.
  #sentAway = false; // It is being waited for: no event may shorten it.
  #dialled = 0;
  #heard = 0;
  #ticked = 0;
  #timers = new Map<Timer, ReturnType<typeof setTimeout>>();

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  start(): void {
    window.addEventListener('online', this.#onNetwork);
    window.addEventListener('offline', this.#onNetwork);
    document.addEventListener('visibilitychange', this.#onVisibility);
    void this.#dial();
  }

  /** Ends it for good, without a word to onOver. */
  stop(): void {
    window.removeEventListener('online', this.#onNetwork);
    window.removeEventListener('offline', this.#onNetwork);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#hangUp(1000);
    this.status.stop();
  }

  /** Hands the envelope to the connection; false when there is none, and then nothing will be sent later either. */
  send(envelope: ClientEnvelope): boolean {
    if (this.#ws?.readyState !== WebSocket.OPEN || this.status.snapshot().phase !== 'open')
      return false;
    this.#ws.send(JSON.stringify(envelope));
    return true;
  }

  /**
   * Somebody has reason to doubt that the server still hears us: ask it, and dial anew if it does not answer. While there is
   * no connection, dial at once; but not more than once a second.
   */
  check(): void {
    if (this.#timers.has('dial') && Date.now() - this.#dialled > 1000) return this.#dialNow();
    if (this.status.snapshot().phase !== 'open' || this.#timers.has('probe')) return;
    const probe = this.#options.probe();
    if (!probe || !this.send(probe)) {
      this.#redial();
      return;
    }
    this.#after('probe', PROBE_TIMEOUT, () => this.#redial());
  }

  async #dial() {
    const dial = ++this.#dialling;
    this.#dialled = Date.now();
    this.#after('timeout', DIAL_TIMEOUT, () => this.#failed(dial, undefined));
    try {
      const ws = await this.#options.open();
      if (dial !== this.#dialling) {
        ws.close(1000);
        return;
      }
      this.#ws = ws;
      ws.onopen = () => this.#opened();
      ws.onmessage = (event) => this.#received(String(event.data));
      ws.onclose = (event) => this.#failed(dial, event.code);
    } catch (error) {
      if (error instanceof DialRefused) {
        if (error.over && dial === this.#dialling) return this.#over();
        if (error.retryAfter !== undefined) {
          this.#wait = afterSeconds(error.retryAfter, this.#random);
        }
      }
      this.#failed(dial, undefined);
    }
  }

  #opened() {
    this.#clear('timeout');
    this.#heard = this.#ticked = Date.now();
    this.#after('calm', CALM, () => (this.#attempt = 0));
    this.#tickLater();
    this.status.enter('open');
    this.#options.onOpen();
  }

  #received(frame: string) {
    this.#heard = Date.now();
    this.#clear('probe');
    for (const envelope of parseFrame(frame)) {
      if (envelope.type === 'bye') {
        if (envelope.reason === 'session_ended') return this.#over();
        // Each connection is told a time of its own, so there is little to spread.
        this.#wait = envelope.retryAfter * 1000 + apart(this.#random);
        const dial = this.#dialling;
        this.#after('timeout', BYE_TIMEOUT, () => this.#failed(dial, undefined));
      }
      this.#options.onEnvelope(envelope);
    }
  }

  #failed(dial: number, code: number | undefined) {
    if (dial !== this.#dialling) return;
    if (code === SESSION_OVER) return this.#over();
    this.#hangUp(1000);
    this.#dialAfter(this.#wait ?? backoff(this.#attempt, this.#random));
  }

  /** The connection seems dead. The first time there is no reason to wait, after that there is. */
  #redial() {
    this.#hangUp(NOT_ANSWERED);
    this.#dialAfter(this.#attempt === 0 ? 0 : backoff(this.#attempt, this.#random));
  }

  #dialAfter(wait: number) {
    this.#attempt += 1;
    this.#sentAway = this.#wait !== undefined;
    this.#wait = undefined;
    this.status.enter(this.status.snapshot().phase === 'connecting' ? 'connecting' : 'lost');
    this.#after('dial', wait, () => void this.#dial());
  }

  #over() {
    if (this.status.snapshot().phase === 'over') return;
    this.stop();
    this.status.enter('over');
    this.#options.onOver();
  }

  /** Forgets the connection and everything planned around it. */
  #hangUp(code: number) {
    this.#dialling += 1;
    for (const name of timers) this.#clear(name);
    const ws = this.#ws;
    this.#ws = undefined;
    if (!ws) return;
    ws.onopen = ws.onmessage = ws.onclose = null;
    if (ws.readyState === WebSocket.OPEN || ws.readyState === WebSocket.CONNECTING) ws.close(code);
  }

  #tickLater() {
    this.#after('tick', TICK, () => {
      const now = Date.now();
      const silent = now - this.#heard;
      const slept = now - this.#ticked > 4 * TICK; // Hidden pages get a tick a minute; more means that the machine was asleep.
      this.#ticked = now;
      this.#tickLater();
      const patience = this.#options.probe() ? 60_000 : 300_000;
      if ((slept && silent > TICK) || silent >= patience) this.check();
    });
  }

  readonly #onNetwork = () => {
    if (!this.#timers.has('dial')) this.check();
    else if (navigator.onLine) this.#dialNow(apart(this.#random)); // So it is for all who were on it.
  };

  readonly #onVisibility = () => {
    if (document.visibilityState !== 'visible') return;
    if (this.#timers.has('dial')) this.#dialNow();
    else if (Date.now() - this.#heard > 30_000 && this.#options.probe()) this.check();
  };

  #dialNow(wait = 0) {
    if (this.#sentAway) return;
    this.#after('dial', wait, () => void this.#dial());
  }

  #after(name: Timer, ms: number, then: () => void) {
    this.#clear(name);
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      then();
    }, ms);
    this.#timers.set(name, timer);
  }

  #clear(name: Timer) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}
