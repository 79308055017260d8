import createClient from 'openapi-fetch';
import { Problem, problemOf, unreachable } from '@/api/problem';
import type { components, paths } from '@/api/schema.gen';
import { createSession, type Session } from '@/api/session';

/** A type of the contract by its name there: Schema<'Message'>. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

const base = `${location.origin}/api/v1`;

/** The one session of this page. */
export const session = createSession({
  // Browsers offer no locks outside secure contexts; then every tab looks after itself.
  alone: async (work) =>
    'locks' in navigator ? await navigator.locks.request('emosation.refresh', work) : work(),
  channel: new BroadcastChannel('emosation.session'),
  storage: localStorage,
  now: Date.now,
  refreshUrl: `${base}/auth/refresh`,
});

/** Calls the server by the contract. Wrap each call in must(). */
export const api = createClient<paths>({ baseUrl: base, fetch: authorised(session) });

/** Sends with the access token; a refused one is renewed and the request sent once more. */
export function authorised(of: Session): (request: Request) => Promise<Response> {
  return async (request) => {
    const token = await of.token();
    if (!token) return globalThis.fetch(request);
    const again = request.clone();
    const response = await globalThis.fetch(bearing(token, request));
    if (response.status !== 401) return response;
    const renewed = await of.renewed(token);
    return renewed ? globalThis.fetch(bearing(renewed, again)) : response;
  };
}

function bearing(token: string, request: Request): Request {
  request.headers.set('Authorization', `Bearer ${token}`);
  return request;
}

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}
/** What openapi-fetch types as the data of a success. */
type Data<A> = A extends { error?: undefined } & Answer ? A['data'] : never;

/** The answer's data. Rejects with a Problem: the server's own, or one that says it cannot be reached. */
export async function must<A extends Answer>(call: Promise<A>): Promise<Data<A>> {
  let answer: A;
  try {
    answer = await call;
  } catch (cause) {
    // A cancelled request is nobody's problem.
    if (cause instanceof Problem || (cause instanceof Error && cause.name === 'AbortError')) {
      throw cause;
    }
    throw unreachable(cause);
  }
  if (!answer.response.ok) throw problemOf(answer.response, answer.error);
  return answer.data as Data<A>; // A success: the contract says that this is its type.
}
