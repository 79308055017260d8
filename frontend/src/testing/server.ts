import { http, HttpResponse, type DefaultBodyType } from 'msw';
import { setupServer } from 'msw/node';
import type { Schema } from '@/api/client';

/** The server the tests talk to. It knows no path by itself: each test says what is answered. */
export const server = setupServer();

const base = '*/api/v1';

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What was asked, for tests that check what was sent. */
export interface Asked {
  body: unknown;
  url: URL;
  headers: Headers;
}

/** Answers one path, as in `answer('get', '/friends', { items })`; `undefined` answers 204. Returns what was asked. */
export function answer(
  method: Method,
  path: string,
  body?: DefaultBodyType,
  status?: number,
): Asked[] {
  const asked: Asked[] = [];
  server.use(
    http[method](base + path, async ({ request }) => {
      const text = await request.text();
      asked.push({
        body: text ? JSON.parse(text) : undefined,
        url: new URL(request.url),
        headers: request.headers,
      });
      if (body === undefined) return new HttpResponse(null, { status: status ?? 204 });
      return HttpResponse.json(body, { status: status ?? 200 });
    }),
  );
  return asked;
}

/** Answers with a problem document. */
export function refuse(
  method: Method,
  path: string,
  problem: Pick<Schema<'Problem'>, 'status' | 'code'> & Partial<Schema<'Problem'>>,
  headers: Record<string, string> = {},
): void {
  server.use(
    http[method](base + path, () =>
      HttpResponse.json(
        {
          type: `/problems/${problem.code}`,
          title: problem.code,
          detail: problem.code,
          ...problem,
        },
        {
          status: problem.status,
          headers: { 'Content-Type': 'application/problem+json', ...headers },
        },
      ),
    ),
  );
}

/** No answer at all, as without a network. */
export function unreachable(method: Method, path: string): void {
  server.use(http[method](base + path, () => HttpResponse.error()));
}
