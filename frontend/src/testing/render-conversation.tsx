import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterContextProvider,
} from '@tanstack/react-router';
import { act, render, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { VirtuosoMockContext } from 'react-virtuoso';
import { vi } from 'vitest';
import { session, type Schema } from '@/api/client';
import { LiveProvider } from '@/app/live-provider';
import { createQueryClient } from '@/app/query-client';
import { readings } from '@/app/readings';
import { meQuery } from '@/features/account/queries';
import { Conversation } from '@/features/messages/conversation';
import type { ServerEnvelope } from '@/realtime/envelopes';
import { fakeSockets } from '@/testing/fake-socket';
import { aMember, aPage, aRoom, EPOCH } from '@/testing/messages';
import { aUser, tokensOf } from '@/testing/people';
import { answer, refuse } from '@/testing/server';
import { ToastProvider } from '@/ui/toast';

interface World {
  rows?: Schema<'Message'>[];
  page?: Partial<Schema<'MessagePage'>>;
  room?: Partial<Schema<'Room'>>;
  members?: Schema<'Member'>[];
  me?: Partial<Schema<'User'>>;
  at?: number;
  /** The test answers for the messages itself. */
  answered?: boolean;
  /** The server knows no such room, or says so. */
  missing?: boolean;
}

/**
 * The conversation of room 7, in which Minji (1) talks with Ben (2), with everything real but the server: its answers come from MSW, its
 * frames from a fake socket.
 */
export async function renderConversation(world: World = {}) {
  const { rows = [], me, at, answered } = world;
  const user = aUser({ nickname: 'Minji', ...me });
  const last = rows.at(-1)?.seq ?? 0;
  const room = aRoom({ lastSeq: last, lastReadSeq: last, ...world.room });
  answer('post', '/auth/refresh', tokensOf(user));
  answer('get', '/users/me', user);
  answer('post', '/ws/tickets', { ticket: 'secret', expiresIn: 30, epoch: EPOCH }, 201);
  answer('get', '/rooms', { items: world.missing ? [] : [room] });
  if (world.missing) refuse('get', '/rooms/7', { status: 404, code: 'room.not_found' });
  else answer('get', '/rooms/7', room);
  answer('get', '/rooms/7/members', {
    items: world.members ?? [aMember(1, last), aMember(2, last)],
  });
  answer('get', '/friends', { items: [] });
  if (!answered) answer('get', '/rooms/7/messages', aPage(rows, world.page));
  const dialled = fakeSockets();
  stubLayout();
  await session.restore();

  const cache = createQueryClient();
  cache.setDefaultOptions({ queries: { ...cache.getDefaultOptions().queries, retryDelay: 1 } });
  cache.setQueryData(meQuery.queryKey, user);
  const router = createRouter({ routeTree: createRootRoute(), history: createMemoryHistory() });
  const view = render(
    <QueryClientProvider client={cache}>
      <ToastProvider>
        <RouterContextProvider router={router}>
          <LiveProvider>
            <VirtuosoMockContext value={{ viewportHeight: 1200, itemHeight: 60 }}>
              <Conversation roomId={7} at={at} readings={readings} />
            </VirtuosoMockContext>
          </LiveProvider>
        </RouterContextProvider>
      </ToastProvider>
    </QueryClientProvider>,
  );
  await waitFor(() => {
    if (dialled.length === 0) throw new Error('no socket was dialled');
  });
  const socket = () => {
    const latest = dialled.at(-1);
    if (!latest) throw new Error('no socket was dialled');
    return latest;
  };
  act(() => socket().serverOpens());
  if (rows.length > 0 && !answered && !world.missing) await settled(view.container);
  const serverSends = (...envelopes: ServerEnvelope[]) =>
    act(async () => {
      socket().serverSends(...envelopes);
      await new Promise((resolve) => setTimeout(resolve)); // The cache tells its readers a moment later.
    });
  return { ...view, cache, dialled, socket, serverSends, person: userEvent.setup() };
}

/**
 * The list renders its first rows, hidden, until it has found its place. Nobody may ask for what is visible before: jsdom remembers the
 * answer and does not notice when an inline style changes it.
 */
async function settled(container: HTMLElement): Promise<void> {
  let before: Element | null = null;
  await waitFor(() => {
    const now = container.querySelector('[role=log] article');
    const shown = now?.closest<HTMLElement>('[data-testid=virtuoso-item-list]');
    const same = now !== null && now === before && shown?.style.visibility !== 'hidden';
    before = now;
    if (!same) throw new Error('the list has not settled');
  });
}

/** jsdom lays nothing out; what is only about size stands still. */
function stubLayout() {
  const nothing = () => undefined;
  vi.stubGlobal('ResizeObserver', function () {
    return { observe: nothing, unobserve: nothing, disconnect: nothing };
  });
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
  Element.prototype.scrollTo = () => undefined;
}
