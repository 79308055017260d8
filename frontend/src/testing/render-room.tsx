import { act, screen, waitFor } from '@testing-library/react';
import type { Schema } from '@/api/client';
import type { ServerEnvelope } from '@/realtime/envelopes';
import { fakeSockets } from '@/testing/fake-socket';
import { aGroup, aMember, aPage, EPOCH } from '@/testing/messages';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer } from '@/testing/server';

interface World {
  room?: Schema<'Room'>;
  members?: Schema<'Member'>[];
  me?: Partial<Schema<'User'>>;
  /** The search of the address. */
  search?: string;
}

/**
 * The app at room 7, a group room that Minji (1), who is signed in, leads, with Ben (2) and Cho (3). Its frames come from a fake socket;
 * nothing was said yet.
 */
export async function renderRoom({ room = aGroup(), members, me, search = '' }: World = {}) {
  answer('get', '/rooms', { items: [room] });
  answer('get', '/rooms/7', room);
  answer('get', '/rooms/7/members', {
    items: members ?? [1, 2, 3].map((id) => aMember(id, 0)),
  });
  answer('get', '/rooms/7/messages', aPage([]));
  answer('get', '/friends', { items: [] });
  const dialled = fakeSockets();
  const app = await renderApp(`/rooms/7${search}`, aUser({ nickname: 'Minji', ...me }));
  await screen.findByRole('heading', { name: room.title ?? '', level: 1 });

  /** The server says something, as soon as there is a connection. */
  const serverSends = async (...envelopes: ServerEnvelope[]) => {
    if (dialled.length === 0) {
      answer('post', '/ws/tickets', { ticket: 'secret', expiresIn: 30, epoch: EPOCH }, 201);
      window.dispatchEvent(new Event('online')); // Dial again, now.
      await waitFor(() => {
        if (dialled.length === 0) throw new Error('no socket was dialled');
      });
      act(() => dialled.at(-1)?.serverOpens());
    }
    await act(async () => {
      dialled.at(-1)?.serverSends(...envelopes);
      await new Promise((resolve) => setTimeout(resolve)); // The cache tells its readers a moment later.
    });
  };
  return { ...app, serverSends };
}
