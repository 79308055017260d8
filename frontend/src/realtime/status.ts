/** connecting = never open yet; lost = was open, is being dialled again; over = the session has ended, nothing is dialled any more. */
export type Phase = 'connecting' | 'open' | 'lost' | 'over';

export interface SocketStatus {
  readonly phase: Phase;
  /** There has been no connection for so long that people should be told. */
  readonly late: boolean;
}

/** A loss shorter than this, in milliseconds, is nobody's business. */
export const LATE_AFTER = 5000;

/** The state of the connection as an external store for useSyncExternalStore. */
export class StatusStore {
  #status: SocketStatus = { phase: 'connecting', late: false };
  #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly snapshot = (): SocketStatus => this.#status;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  enter(phase: Phase): void {
    if (phase === 'open' || phase === 'over') {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#set({ phase, late: false });
      return;
    }
    // Failed tries in between do not start the five seconds anew.
    this.#timer ??= setTimeout(() => this.#set({ ...this.#status, late: true }), LATE_AFTER);
    this.#set({ phase, late: this.#status.late });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #set(next: SocketStatus) {
    if (next.phase === this.#status.phase && next.late === this.#status.late) return;
    this.#status = next;
    for (const listener of this.#listeners) listener();
  }
}
