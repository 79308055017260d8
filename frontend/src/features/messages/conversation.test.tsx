import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aMember, aMessage, aPage, aReading } from '@/testing/messages';
import { renderConversation } from '@/testing/render-conversation';
import { answer, refuse } from '@/testing/server';

afterEach(() => vi.unstubAllGlobals());

const composer = () => screen.findByRole('textbox', { name: 'Message to Ben' });
/** The message with this seq. */
const message = (seq: number) =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>(`article[data-seq="${seq}"]`);
    if (!found) throw new Error(`no message ${seq}`);
    return found;
  });

describe('what is shown', () => {
  it('joins runs, names them once and divides days', async () => {
    await renderConversation({
      rows: [
        aMessage(1, { sentAt: '2026-11-20T03:00:00Z', body: 'yesterday' }),
        aMessage(2, { sentAt: '2026-11-21T03:00:00Z', body: 'one' }),
        aMessage(3, { sentAt: '2026-11-21T03:01:00Z', body: 'two' }),
        aMessage(4, { sentAt: '2026-11-21T03:01:00Z', body: 'mine', sender: 1 }),
      ],
    });
    await waitFor(() => expect(screen.getAllByRole('separator')).toHaveLength(2));
    const log = screen.getByRole('log', { name: 'Messages with Ben' });
    expect(within(log).getAllByText('Ben')).toHaveLength(2); // Of two runs.
    expect(within(log).getAllByRole('img', { name: 'Sent' })).toHaveLength(1);
  });

  it('marks where the unread messages begin', async () => {
    await renderConversation({
      rows: [aMessage(1), aMessage(2), aMessage(3)],
      room: { lastReadSeq: 1, unread: 2 },
    });
    const divider = await screen.findByRole('separator', { name: 'New messages' });
    expect(divider.nextElementSibling).toHaveTextContent('message 2');
  });

  it('shows what was deleted and what was edited', async () => {
    const at = '2026-11-21T04:00:00Z';
    await renderConversation({
      rows: [
        aMessage(1, { body: '', deletedAt: at, reading: null }),
        aMessage(2, { body: 'better', editedAt: at }),
      ],
    });
    expect(await message(1)).toHaveTextContent('A deleted message');
    expect(await message(2)).toHaveTextContent('edited');
  });

  it('invites a first word into an empty room', async () => {
    await renderConversation();
    expect(await screen.findByText('Say hello')).toBeInTheDocument();
    expect(await composer()).toBeEnabled();
  });

  it('says that a room is not there, whatever the reason', async () => {
    await renderConversation({ missing: true });
    expect(await screen.findByText('This chat was not found')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Go to my chats' })).toHaveAttribute('href', '/chats');
  });

  it('offers to try again when the messages do not come', async () => {
    refuse('get', '/rooms/7/messages', { status: 500, code: 'server.failed' });
    const { person } = await renderConversation({ answered: true });
    const again = await screen.findByRole('button', { name: 'Try again' });
    answer('get', '/rooms/7/messages', aPage([aMessage(1)]));
    await person.click(again);
    expect(await screen.findByText('message 1')).toBeInTheDocument();
  });

  it('is read only for former friends', async () => {
    const { serverSends } = await renderConversation({ rows: [aMessage(1)] });
    await composer();
    await serverSends({ type: 'room', room: 7, change: 'state', state: 'read_only' });
    expect(screen.getByRole('note')).toHaveTextContent('Read only');
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
  });
});

describe('the numbers beside a message', () => {
  it('count down as the others read', async () => {
    const { serverSends } = await renderConversation({
      rows: [aMessage(1, { sender: 1 }), aMessage(2, { sender: 1 })],
      members: [aMember(1, 2), aMember(2, 0)],
    });
    await screen.findByText('message 2');
    expect(await screen.findAllByText('Not read by 1 person yet')).toHaveLength(2);
    await serverSends({ type: 'read', room: 7, user: 2, seq: 1 });
    expect(screen.getAllByText('Not read by 1 person yet')).toHaveLength(1);
    await serverSends({ type: 'read', room: 7, user: 2, seq: 2 });
    expect(screen.queryByText('Not read by 1 person yet')).not.toBeInTheDocument();
  });
});

describe('who is there', () => {
  it('is said in words, and the typing goes away by itself', async () => {
    const { serverSends } = await renderConversation({ rows: [aMessage(1)] });
    await screen.findByText('message 1');
    expect(screen.getByText('Offline')).toBeInTheDocument();
    await serverSends({ type: 'enter', room: 7, user: 2 }, { type: 'typing', room: 7, user: 2 });
    expect(screen.getByText('Looking at this chat')).toBeInTheDocument();
    expect(screen.getByText('Ben is typing')).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByText('Ben is typing')).not.toBeInTheDocument(), {
      timeout: 6000,
    });
  }, 10_000);
});

describe('what is spoken', () => {
  it('is every new message of the others once, with its reading', async () => {
    const { serverSends, container } = await renderConversation({ rows: [aMessage(1)] });
    await screen.findByText('message 1');
    const spoken = () =>
      [...container.querySelectorAll('[aria-live=polite][aria-relevant] p')].map(
        (p) => p.textContent,
      );
    expect(spoken()).toEqual([]);
    await serverSends(
      { type: 'message', room: 7, message: aMessage(2, { body: 'thanks', reading: aReading() }) },
      { type: 'message', room: 7, message: aMessage(3, { sender: 1 }) },
      { type: 'message', room: 7, message: aMessage(4, { body: 'bye' }) },
    );
    expect(spoken()).toEqual(['Ben: thanks. Reading: joy, fairly sure.', 'Ben: bye']);
    expect(screen.getByRole('log')).toHaveAttribute('aria-live', 'off');
  });
});

describe('reading marks', () => {
  it('are sent up to the end that is in view', async () => {
    const { socket, serverSends } = await renderConversation({
      rows: [aMessage(1), aMessage(2)],
      room: { lastReadSeq: 1, unread: 1 },
    });
    await waitFor(() => expect(socket().sentOf('read').at(-1)).toMatchObject({ room: 7, seq: 2 }));
    await serverSends({ type: 'message', room: 7, message: aMessage(3) });
    await waitFor(() => expect(socket().sentOf('read').at(-1)).toMatchObject({ seq: 3 }));
  });

  it('are not sent while the window has no focus', async () => {
    const { socket } = await renderConversation({
      rows: [aMessage(1)],
      room: { lastReadSeq: 0, unread: 1 },
    });
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    await screen.findByText('message 1');
    act(() => void window.dispatchEvent(new Event('blur')));
    const before = socket().sentOf('read').length;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(socket().sentOf('read').length).toBeLessThanOrEqual(before + 1);
  });
});

describe('walking by keyboard', () => {
  it('goes from message to message with the arrows, and back to the composer with Escape', async () => {
    const { person } = await renderConversation({ rows: [aMessage(1), aMessage(2), aMessage(3)] });
    const last = await message(3);
    act(() => last.focus());
    await person.keyboard('{ArrowUp}');
    await waitFor(async () => expect(await message(2)).toHaveFocus());
    await person.keyboard('{Home}');
    await waitFor(async () => expect(await message(1)).toHaveFocus());
    await person.keyboard('{End}');
    expect(last).toHaveFocus();
    expect(within(last).getByRole('button', { name: 'React' })).toBeInTheDocument();
    await person.keyboard('{Escape}');
    await waitFor(async () => expect(await composer()).toHaveFocus());
  });
});

describe('an answer', () => {
  it('quotes what it answers and leads there', async () => {
    const { person, socket } = await renderConversation({
      rows: [aMessage(1, { body: 'shall we?' }), aMessage(2, { replyTo: 1, body: 'yes' })],
    });
    const quote = await screen.findByRole('button', { name: 'Go to the message: shall we?' });
    await person.click(quote);
    await waitFor(async () => expect(await message(1)).toHaveAttribute('data-flash', 'true'));
    const lit = await message(1);
    await waitFor(() => expect(lit).toHaveAttribute('data-flash', 'false'), { timeout: 4000 });

    const second = await message(2);
    act(() => second.focus());
    await person.click(screen.getByRole('button', { name: 'Reply' }));
    expect(screen.getByText('Reply to Ben')).toBeInTheDocument();
    await person.type(await composer(), 'great{Enter}');
    expect(socket().sentOf('message')).toEqual([
      expect.objectContaining({ body: 'great', replyTo: 2, room: 7 }),
    ]);
  });
});

describe('somebody who has left for good', () => {
  it('is called so in the head and at their messages', async () => {
    await renderConversation({
      rows: [aMessage(1, { body: 'see you' })],
      room: { state: 'read_only', peer: { id: 2, nickname: '' } },
      members: [aMember(1, 1), { ...aMember(2, 1), user: { id: 2, nickname: '' }, state: 'left' }],
    });
    expect(screen.getByRole('heading', { name: 'Left user' })).toBeInTheDocument();
    expect(screen.getByRole('article', { name: /^Left user/ })).toHaveTextContent('see you');
  });

  it('is called so when nothing is kept of them at all, unlike somebody who has just come', async () => {
    const { serverSends } = await renderConversation({
      rows: [aMessage(1, { sender: 9, body: 'who was I?' })],
      room: { kind: 'group', title: 'Lunch', peer: null },
    });
    expect(await screen.findByRole('article', { name: /^Left user/ })).toBeInTheDocument();
    await serverSends(
      { type: 'room', room: 7, change: 'joined', state: 'open', user: 8 },
      { type: 'message', room: 7, message: aMessage(2, { sender: 8, body: 'hello' }) },
    );
    expect(await screen.findByRole('article', { name: /^Somebody/ })).toHaveTextContent('hello');
  });
});
