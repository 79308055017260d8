/** A message that is not yet known to be stored by the server. */
export interface Unsent {
  readonly clientId: string;
  readonly room: number;
  readonly body: string;
  readonly replyTo?: number;
  /** Which history of the server `replyTo` is a place in, where that was known. */
  readonly epoch?: string;
  /** When it was written, in milliseconds since 1970; unique and rising within a tab. */
  readonly at: number;
  /** The tab that sends it. */
  readonly tab: string;
  /** The code with which the server refused it for good. */
  readonly failed?: string;
}

const PREFIX = 'emosation.outbox.';

/**
 * What one user has not sent yet, of all tabs of this browser. One entry a message, so that tabs never overwrite each
 * other. Where the browser gives us no storage it lasts as long as the page.
 */
export class OutboxStorage {
  readonly #prefix: string;
  readonly #storage: Storage;

  constructor(storage: Storage, user: number) {
    this.#storage = storage;
    this.#prefix = `${PREFIX}${user}.`;
  }

  /** Everything unsent, the oldest first. */
  load(): Unsent[] {
    const keys = Object.keys(this.#storage).filter((key) => key.startsWith(this.#prefix));
    return keys
      .flatMap((key) => decode(this.#storage.getItem(key)))
      .sort((a, b) => a.at - b.at || a.clientId.localeCompare(b.clientId));
  }

  put(unsent: Unsent): void {
    try {
      this.#storage.setItem(this.#prefix + unsent.clientId, JSON.stringify(unsent));
    } catch {
      // Full or closed: the message is still sent from memory.
    }
  }

  remove(clientId: string): void {
    this.#storage.removeItem(this.#prefix + clientId);
  }

  /** For the log-out: nothing written here stays in this browser. */
  clear(): void {
    for (const { clientId } of this.load()) this.remove(clientId);
  }
}

function decode(text: string | null): Unsent[] {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return isUnsent(value) ? [value] : [];
  } catch {
    return [];
  }
}

function isUnsent(value: unknown): value is Unsent {
  if (typeof value !== 'object' || value === null) return false;
  const field = (name: string): unknown => Reflect.get(value, name);
  return (
    ['clientId', 'body', 'tab'].every((name) => typeof field(name) === 'string') &&
    ['room', 'at'].every((name) => typeof field(name) === 'number') &&
    ['undefined', 'number'].includes(typeof field('replyTo')) &&
    ['failed', 'epoch'].every((name) => ['undefined', 'string'].includes(typeof field(name)))
  );
}
