import { createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { session, type Schema } from '@/api/client';
import { App } from '@/app/app';
import { createQueryClient } from '@/app/query-client';
import { createAppRouter } from '@/app/router';
import { syncSession } from '@/app/session-sync';
import { aUser, tokensOf } from '@/testing/people';
import { answer, refuse, unreachable } from '@/testing/server';

/** The whole app at one address, for a stranger when `user` is null. Answers what every page asks, unless a test did before. */
export async function renderApp(path: string, user: Schema<'User'> | null = aUser()) {
  if (user) {
    answer('post', '/auth/refresh', tokensOf(user));
    answer('get', '/users/me', user);
  } else {
    refuse('post', '/auth/refresh', { status: 401, code: 'auth.unauthenticated' });
  }
  unreachable('post', '/ws/tickets'); // Nothing live happens, unless a test wants it.
  await session.restore();

  const cache = createQueryClient();
  cache.setDefaultOptions({ queries: { ...cache.getDefaultOptions().queries, retryDelay: 1 } });
  const router = createAppRouter(
    { cache, session },
    createMemoryHistory({ initialEntries: [path] }),
  );
  stop?.();
  stop = syncSession(session, cache, () => void router.invalidate());
  await router.load();
  const view = render(<App cache={cache} router={router} session={session} />);
  return { ...view, router, cache, person: userEvent.setup() };
}

let stop: (() => void) | undefined;
