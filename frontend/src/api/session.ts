import { problemOf, unreachable } from '@/api/problem';
import type { components } from '@/api/schema.gen';

type User = components['schemas']['User'];
type Tokens = components['schemas']['Tokens'];

/** Who uses this page. `user` is as it was when the tokens were made; the query of features/account stays current. */
export type SessionState =
  | { status: 'restoring' }
  | { status: 'unreachable' }
  | { status: 'signed-in'; user: User }
  | { status: 'signed-out'; why: 'never' | 'left' | 'ended' };

/** What tabs of one browser tell each other. */
type Word = { is: 'signed-out' } | { is: 'signed-in'; user: number };

export interface SessionParts {
  /** Runs one piece of work at a time across all tabs of this browser. */
  alone: <T>(work: () => Promise<T>) => Promise<T>;
  channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;
  /** Shared by the tabs; holds no token, only the time of a refresh under way. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  now: () => number;
  refreshUrl: string;
}

const MARK = 'emosation.refreshing';
/** How long the request of a page that died is given to land in the cookie jar. */
const GRACE_MS = 1500;
/** An access token this close to its end is renewed before it is used. */
const MARGIN_MS = 30_000;

export type Session = ReturnType<typeof createSession>;

/**
 * Keeps the access token, in memory only, and renews it with the HttpOnly refresh cookie. A refresh token works once and a
 * second use ends the session, so refreshes run one at a time: in this page by sharing the promise, across tabs by a lock.
 */
export function createSession({ alone, channel, storage, now, refreshUrl }: SessionParts) {
  let state: SessionState = { status: 'restoring' };
  let token: { value: string; expiresAt: number } | undefined;
  let renewal: Promise<string | undefined> | undefined;
  const listeners = new Set<() => void>();

  function become(next: SessionState) {
    state = next;
    if (next.status !== 'signed-in') token = undefined;
    for (const listener of listeners) listener();
  }

  function adopt(tokens: Tokens): string {
    token = { value: tokens.accessToken, expiresAt: now() + tokens.expiresIn * 1000 };
    // Renewals of the same user change nothing that anybody watches.
    if (state.status !== 'signed-in' || state.user.id !== tokens.user.id) {
      become({ status: 'signed-in', user: tokens.user });
    }
    return tokens.accessToken;
  }

  async function refresh(): Promise<string | undefined> {
    const began = Number(storage.getItem(MARK) ?? 0);
    const left = began + GRACE_MS - now();
    // A page went away in the middle of its refresh. Sending the old cookie before its answer landed would be a reuse.
    if (left > 0 && left <= GRACE_MS) await new Promise((resolve) => setTimeout(resolve, left));
    storage.setItem(MARK, String(now()));
    let response: Response;
    try {
      // keepalive: the browser takes the new cookie even when this page goes away meanwhile.
      response = await globalThis.fetch(refreshUrl, { method: 'POST', keepalive: true });
    } catch (cause) {
      throw unreachable(cause);
    } finally {
      storage.removeItem(MARK);
    }
    if (response.ok) {
      const tokens: Tokens = await response.json();
      return adopt(tokens);
    }
    if (response.status === 429 || response.status >= 500) {
      throw problemOf(response, await response.json().catch(() => undefined));
    }
    become({ status: 'signed-out', why: state.status === 'signed-in' ? 'ended' : 'never' });
    return undefined;
  }

  function renew(): Promise<string | undefined> {
    renewal ??= alone(refresh).finally(() => (renewal = undefined));
    return renewal;
  }

  async function restore(): Promise<void> {
    if (state.status !== 'signed-in') become({ status: 'restoring' });
    try {
      await renew();
    } catch {
      if (state.status === 'restoring') become({ status: 'unreachable' });
    }
  }

  channel.addEventListener('message', (event) => {
    const word: Word = event.data;
    if (word.is === 'signed-out') become({ status: 'signed-out', why: 'left' });
    else if (state.status !== 'signed-in' || state.user.id !== word.user) void restore();
  });

  return {
    state: () => state,

    /** Calls back after every change of state(); returns how to stop. */
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** Finds out, with the cookie, whether somebody is signed in here. Never rejects; the state tells. */
    restore,

    /** Takes the tokens of a log-in, and tells the other tabs. */
    signIn(tokens: Tokens): void {
      adopt(tokens);
      channel.postMessage({ is: 'signed-in', user: tokens.user.id } satisfies Word);
    },

    /** Forgets everything here and in the other tabs. The server is told by whoever calls this. */
    signOut(): void {
      become({ status: 'signed-out', why: 'left' });
      channel.postMessage({ is: 'signed-out' } satisfies Word);
    },

    /**
     * A token good for the next half minute; undefined when nobody is signed in.
     * Rejects with a Problem when it has to be renewed and the server does not answer.
     */
    async token(): Promise<string | undefined> {
      if (token && token.expiresAt - MARGIN_MS > now()) return token.value;
      return state.status === 'signed-in' ? renew() : undefined;
    },

    /** Another token than the refused one; undefined when the session has ended. */
    async renewed(refused: string): Promise<string | undefined> {
      return token && token.value !== refused ? token.value : renew();
    },
  };
}
