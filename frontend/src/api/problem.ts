import type { components } from '@/api/schema.gen';

type Document = components['schemas']['Problem'];

/** Why a call did not do what was asked. Decide on `code`; show words from problem-text.ts. */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    /** The HTTP status; 0 when no answer came at all. */
    readonly status: number,
    /** Stable, from the server; ours are "network.unreachable" and "unknown". */
    readonly code: string,
    detail: string,
    /** What is wrong with which field, by the last part of its path. */
    readonly fields: ReadonlyMap<string, string> = new Map(),
    /** Seconds to wait before trying again, when the server named them. */
    readonly retryAfter: number | undefined = undefined,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** No answer came: no network, no server. */
export function unreachable(cause: unknown): Problem {
  return new Problem(
    0,
    'network.unreachable',
    'The server cannot be reached.',
    undefined,
    undefined,
    { cause },
  );
}

/** Reads the problem in an answer that is not a success, whatever its body turns out to be. */
export function problemOf(response: Response, body: unknown): Problem {
  const header = Number(response.headers.get('Retry-After') ?? NaN);
  const retryAfter = Number.isFinite(header) ? header : undefined;
  if (!isDocument(body)) {
    return new Problem(response.status, 'unknown', response.statusText, undefined, retryAfter);
  }
  const fields = new Map(
    (body.fields ?? []).map(({ field, reason }) => [field.split('.').at(-1) ?? field, reason]),
  );
  return new Problem(response.status, body.code, body.detail, fields, retryAfter);
}

function isDocument(body: unknown): body is Document {
  return (
    typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
  );
}
