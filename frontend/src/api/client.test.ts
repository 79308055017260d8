import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import { api, must, session } from '@/api/client';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { aUser, tokensOf } from '@/testing/people';
import { answer, refuse, server, unreachable } from '@/testing/server';

beforeEach(() => session.signIn(tokensOf(aUser(), 'old')));

/** The problem that a call ends in. */
async function problemIn(call: Promise<unknown>): Promise<Problem> {
  const error: unknown = await call.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof Problem)) throw new Error(`no problem, but ${String(error)}`);
  return error;
}

describe('a call', () => {
  it('carries the access token', async () => {
    let sent: string | null = null;
    server.use(
      http.get('*/api/v1/users/me', ({ request }) => {
        sent = request.headers.get('Authorization');
        return HttpResponse.json(aUser());
      }),
    );
    expect(await must(api.GET('/users/me'))).toEqual(aUser());
    expect(sent).toBe('Bearer old');
  });

  it('is sent once more, with its body, when the token was refused', async () => {
    answer('post', '/auth/refresh', tokensOf(aUser(), 'new'));
    const bodies: unknown[] = [];
    server.use(
      http.patch('*/api/v1/users/me', async ({ request }) => {
        bodies.push(await request.json());
        return request.headers.get('Authorization') === 'Bearer new'
          ? HttpResponse.json(aUser({ nickname: 'Ji' }))
          : HttpResponse.json({ code: 'auth.unauthenticated' }, { status: 401 });
      }),
    );
    const user = await must(api.PATCH('/users/me', { body: { nickname: 'Ji' } }));
    expect(user.nickname).toBe('Ji');
    expect(bodies).toEqual([{ nickname: 'Ji' }, { nickname: 'Ji' }]);
  });

  it('is not sent a third time', async () => {
    answer('post', '/auth/refresh', tokensOf(aUser(), 'new'));
    let calls = 0;
    server.use(
      http.get('*/api/v1/users/me', () => {
        calls += 1;
        return HttpResponse.json({ code: 'auth.unauthenticated' }, { status: 401 });
      }),
    );
    expect((await problemIn(must(api.GET('/users/me')))).status).toBe(401);
    expect(calls).toBe(2);
  });

  it('ends in the problem of the server', async () => {
    refuse(
      'get',
      '/users/me',
      { status: 422, code: 'request.invalid', fields: [{ field: 'body.email', reason: 'wrong' }] },
      { 'Retry-After': '7' },
    );
    const problem = await problemIn(must(api.GET('/users/me')));
    expect(problem).toMatchObject({ status: 422, code: 'request.invalid', retryAfter: 7 });
    expect(problem.fields.get('email')).toBe('wrong');
  });

  it('ends in a problem also when the answer is not one of ours', async () => {
    server.use(http.get('*/api/v1/users/me', () => HttpResponse.text('<html>', { status: 502 })));
    expect(await problemIn(must(api.GET('/users/me')))).toMatchObject({
      status: 502,
      code: 'unknown',
    });
  });

  it('says that nobody answered', async () => {
    unreachable('get', '/users/me');
    expect((await problemIn(must(api.GET('/users/me')))).code).toBe('network.unreachable');
  });

  it('succeeds without a body', async () => {
    answer('post', '/auth/logout');
    expect(await must(api.POST('/auth/logout'))).toBeUndefined();
  });
});

describe('the words for a problem', () => {
  const words = (status: number, retryAfter?: number) =>
    problemText(new Problem(status, 'code', 'detail', undefined, retryAfter));

  it('never are the words of the server', () => {
    for (const status of [0, 400, 401, 403, 404, 409, 412, 422, 429, 500, 503]) {
      expect(words(status)).not.toContain('detail');
    }
  });

  it('name the wait', () => {
    expect(words(429, 40)).toContain('40 seconds');
    expect(words(429, 1)).toContain('1 second.');
    expect(words(429, 200)).toContain('4 minutes');
    expect(words(503)).toContain('a moment');
  });
});
