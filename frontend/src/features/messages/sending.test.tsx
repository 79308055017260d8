import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aMessage, EPOCH } from '@/testing/messages';
import { renderConversation } from '@/testing/render-conversation';
import { answer, refuse } from '@/testing/server';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const composer = () => screen.findByRole('textbox', { name: 'Message to Ben' });

/** What can be done with a message is there while it has the focus or the mouse. */
function focusMessage(text: string) {
  act(() => screen.getByText(text).closest('article')?.focus());
}

async function opened(world: Parameters<typeof renderConversation>[0] = { rows: [aMessage(1)] }) {
  const view = await renderConversation(world);
  const sent = () => view.socket().sentOf('message');
  return { ...view, field: await composer(), sent };
}

describe('the composer', () => {
  it('sends with Enter, keeps Shift+Enter for a new line, and is empty again', async () => {
    const { person, field, sent } = await opened();
    await person.type(field, 'one{Shift>}{Enter}{/Shift}two{Enter}');
    expect(sent().map(({ body }) => body)).toEqual(['one\ntwo']);
    expect(field).toHaveValue('');
    expect(field).toHaveFocus();
  });

  it('never sends a syllable that is still being composed', async () => {
    const { field, sent } = await opened();
    fireEvent.change(field, { target: { value: '안녕' } });
    fireEvent.keyDown(field, { key: 'Enter', isComposing: true });
    fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 }); // As Safari says it.
    expect(sent()).toEqual([]);
    fireEvent.keyDown(field, { key: 'Enter', keyCode: 13 });
    expect(sent().map(({ body }) => body)).toEqual(['안녕']);
  });

  it('sends no white space, and trims what stands around the words', async () => {
    const { person, field, sent } = await opened();
    await person.type(field, '   {Enter}');
    expect(sent()).toEqual([]);
    expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled();
    await person.type(field, 'hi  {Enter}');
    expect(sent().map(({ body }) => body)).toEqual(['hi']);
  });

  it('counts code points as the server does, and stops at 4000', async () => {
    const { field, sent } = await opened();
    fireEvent.change(field, { target: { value: '😀'.repeat(3990) } });
    expect(screen.getByText('10 characters left')).toBeInTheDocument();
    fireEvent.change(field, { target: { value: '😀'.repeat(4001) } });
    expect(screen.getByText('1 character too many')).toBeInTheDocument();
    expect(field).toBeInvalid();
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(sent()).toEqual([]);
    fireEvent.change(field, { target: { value: '😀'.repeat(4000) } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(sent()).toHaveLength(1);
  });

  it('keeps what was begun for the next visit, and forgets it once sent', async () => {
    const { person, field } = await opened();
    await person.type(field, 'half a thou');
    expect(localStorage.getItem('emosation.draft.1.7')).toBe('half a thou');
    await person.type(field, '{Enter}');
    expect(localStorage.getItem('emosation.draft.1.7')).toBeNull();
  });

  it('starts with what was begun before', async () => {
    localStorage.setItem('emosation.draft.1.7', 'half a thou');
    const { field } = await opened();
    expect(field).toHaveValue('half a thou');
  });

  it('tells that I type, not more often than needed', async () => {
    const { person, field, socket } = await opened();
    await person.type(field, 'several letters');
    expect(socket().sentOf('typing')).toEqual([{ type: 'typing', room: 7 }]);
  });
});

describe('a message of mine', () => {
  it('is there at once, then sent, and one message all along', async () => {
    const { person, field, sent, serverSends } = await opened();
    await person.type(field, 'hello{Enter}');
    const log = screen.getByRole('log');
    expect(await within(log).findByRole('img', { name: 'Sending' })).toBeInTheDocument();
    const clientId = sent()[0]?.clientId ?? '';
    await serverSends({
      type: 'ack',
      clientId,
      room: 7,
      seq: 2,
      rev: 2,
      sentAt: '2026-11-21T03:02:00Z',
    });
    expect(await within(log).findByRole('img', { name: 'Sent' })).toBeInTheDocument();
    await serverSends({
      type: 'message',
      room: 7,
      message: aMessage(2, { sender: 1, clientId, body: 'hello' }),
    });
    expect(within(log).getAllByText('hello')).toHaveLength(1);
    expect(within(log).getByText('hello').closest('article')).toHaveAttribute('data-seq', '2');
    expect(localStorage.getItem(`emosation.outbox.1.${clientId}`)).toBeNull();
  });

  it('that is refused stays, to be tried again or deleted', async () => {
    const { person, field, sent, serverSends } = await opened();
    await person.type(field, 'hello{Enter}');
    const clientId = sent()[0]?.clientId ?? '';
    await serverSends({ type: 'error', code: 'room.read_only', detail: '', clientId, room: 7 });
    expect(await screen.findByRole('alert')).toHaveTextContent('You can no longer write here.');
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(sent().map((one) => one.clientId)).toEqual([clientId, clientId]);
    await serverSends({ type: 'error', code: 'request.invalid', detail: '', clientId, room: 7 });
    expect(await screen.findByRole('alert')).toHaveTextContent('could not be sent as it is');
    await person.click(screen.getByRole('button', { name: 'Delete' }));
    expect(screen.queryByText('hello')).not.toBeInTheDocument();
  });
});

describe('without a connection', () => {
  it('the words wait, the bar says so after five seconds, and they go out once it is back', async () => {
    const { field, socket, dialled } = await opened();
    vi.useFakeTimers({ shouldAdvanceTime: true });
    refuse('post', '/ws/tickets', { status: 503, code: 'busy' });
    act(() => socket().serverCloses(1006));
    fireEvent.change(field, { target: { value: 'are you there?' } });
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(await screen.findByRole('img', { name: 'Sending' })).toBeInTheDocument();
    expect(screen.queryByText(/connection is lost/)).not.toBeInTheDocument();
    await act(() => vi.advanceTimersByTimeAsync(5000));
    expect(screen.getByText(/The connection is lost/)).toHaveTextContent('1 message waits');
    expect(screen.queryByText('Offline')).not.toBeInTheDocument();

    answer('post', '/ws/tickets', { ticket: 'next', expiresIn: 30, epoch: EPOCH }, 201);
    const before = dialled.length;
    while (dialled.length === before) await act(() => vi.advanceTimersByTimeAsync(1000));
    act(() => socket().serverOpens());
    await act(() => vi.advanceTimersByTimeAsync(1000));
    expect(socket().sentOf('message')).toHaveLength(1);
    expect(socket().sentOf('enter')).toEqual([
      { type: 'enter', room: 7, sinceRev: 1, epoch: EPOCH },
    ]);
    expect(screen.queryByText(/connection is lost/)).not.toBeInTheDocument();
  });
});

describe('changing a message', () => {
  it('begins with arrow up, saves with Enter and gives the draft back', async () => {
    const asked = answer(
      'patch',
      '/rooms/7/messages/2',
      aMessage(2, { sender: 1, rev: 3, body: 'mine!', editedAt: '2026-11-21T04:00:00Z' }),
    );
    const { person, field } = await opened({
      rows: [aMessage(1), aMessage(2, { sender: 1, body: 'mine' })],
    });
    await person.click(field);
    await person.keyboard('{ArrowUp}');
    expect(screen.getByText('You are changing a message')).toBeInTheDocument();
    expect(await composer()).toHaveValue('mine');
    await person.type(await composer(), '!{Enter}');
    await waitFor(() =>
      expect(screen.queryByText('You are changing a message')).not.toBeInTheDocument(),
    );
    expect(asked[0]?.body).toEqual({ body: 'mine!' });
    expect(screen.getByText('mine!')).toBeInTheDocument();
    expect(await composer()).toHaveValue('');
  });

  it('says when it was not saved, and keeps what was written', async () => {
    refuse('patch', '/rooms/7/messages/1', { status: 409, code: 'message.deleted' });
    const { person, field } = await opened({ rows: [aMessage(1, { sender: 1, body: 'mine' })] });
    await person.click(field);
    await person.keyboard('{ArrowUp}');
    await person.type(await composer(), ' now{Enter}');
    expect(await screen.findByText(/The change was not saved/)).toBeInTheDocument();
    expect(await composer()).toHaveValue('mine now');
    await person.keyboard('{Escape}');
    expect(await composer()).toHaveValue('');
  });
});

describe('deleting a message', () => {
  it('asks first, then leaves a tombstone', async () => {
    answer('delete', '/rooms/7/messages/1');
    const { person } = await opened({ rows: [aMessage(1, { sender: 1, body: 'oops' })] });
    focusMessage('oops');
    await person.click(screen.getByRole('button', { name: 'More' }));
    await person.click(screen.getByRole('menuitem', { name: 'Delete' }));
    const dialog = screen.getByRole('dialog', { name: 'Delete this message?' });
    await person.click(within(dialog).getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('A deleted message')).toBeInTheDocument();
    expect(screen.queryByText('oops')).not.toBeInTheDocument();
  });

  it('is not offered for the messages of others', async () => {
    const { person } = await opened();
    focusMessage('message 1');
    await person.click(screen.getByRole('button', { name: 'More' }));
    expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual(['Copy text']);
  });
});

describe('reactions', () => {
  it('are added from the quick ones and taken back by a press', async () => {
    const reactions = [{ emoji: '👍', users: [1] }];
    const added = answer(
      'put',
      '/rooms/7/messages/1/reactions/*',
      aMessage(1, { rev: 2, reactions }),
    );
    const removed = answer('delete', '/rooms/7/messages/1/reactions/*', aMessage(1, { rev: 3 }));
    const { person } = await opened();
    focusMessage('message 1');
    await person.click(screen.getByRole('button', { name: 'React' }));
    await person.click(screen.getByRole('button', { name: '👍' }));
    const mine = await screen.findByRole('button', { name: '👍, 1, yours is one. Take it back' });
    expect(mine).toHaveAttribute('aria-pressed', 'true');
    expect(decodeURIComponent(added[0]?.url.pathname ?? '')).toMatch(/👍$/u);
    await person.click(mine);
    await waitFor(() => expect(mine).not.toBeInTheDocument());
    expect(removed).toHaveLength(1);
  });
});
