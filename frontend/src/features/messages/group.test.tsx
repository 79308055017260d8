import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aGroup, aLine, aMember, aMessage, aPickupRoom } from '@/testing/messages';
import { renderConversation } from '@/testing/render-conversation';
import { answer } from '@/testing/server';

afterEach(() => vi.unstubAllGlobals());

const three = [aMember(1, 9), aMember(2, 9), aMember(3, 9)];
const former = { ...aMember(4, 2), state: 'left' as const };

describe('a conversation of several', () => {
  it('names each sender once a run, also one who has left', async () => {
    await renderConversation({
      room: aGroup(),
      members: [...three, former],
      rows: [
        aMessage(1, { sender: 4, body: 'bye' }),
        aMessage(2, { sender: 2, body: 'hi' }),
        aMessage(3, { sender: 2, body: 'all' }),
        aMessage(4, { sender: 3, body: 'hello' }),
      ],
    });
    const log = await screen.findByRole('log', { name: 'Messages in Late snack' });
    const names = await within(log).findAllByText(/^(Ben|Cho|Dana)$/);
    expect(names.map((name) => name.textContent)).toEqual(['Dana', 'Ben', 'Cho']);
    expect(
      screen.getByRole('textbox', { name: 'Message to everybody in Late snack' }),
    ).toBeInTheDocument();
  });

  it('says who types, by name as long as they are two', async () => {
    const { serverSends } = await renderConversation({
      room: aGroup(),
      members: [...three, aMember(4, 9)],
      rows: [aMessage(1)],
    });
    await screen.findByText('message 1');
    await serverSends({ type: 'typing', room: 7, user: 3 }, { type: 'typing', room: 7, user: 2 });
    expect(screen.getByText('Ben and Cho are typing')).toBeInTheDocument();
    await serverSends({ type: 'typing', room: 7, user: 4 });
    expect(screen.getByText('3 people are typing')).toBeInTheDocument();
    await serverSends({ type: 'message', room: 7, message: aMessage(2, { sender: 2 }) });
    expect(screen.getByText('Cho and Dana are typing')).toBeInTheDocument();
  });
});

describe('the header of a group room', () => {
  it('tells how full it is, how far the order is and how long it goes on', async () => {
    await renderConversation({ room: aPickupRoom(), members: three, rows: [aMessage(1)] });
    const heading = await screen.findByRole('heading', { name: 'Late snack' });
    const header = heading.closest('header');
    expect(header).toHaveTextContent('3 of 6 people');
    expect(header).toHaveTextContent('Gathering');
    expect(header).toHaveTextContent('2 h left');
  });

  it('says in words that the end is near', async () => {
    const closesAt = new Date(Date.now() + 14 * 60_000 + 59_500).toISOString();
    await renderConversation({ room: aPickupRoom({ closesAt }), rows: [aMessage(1)] });
    expect(await screen.findByText(/^Ends soon: 14:5\d left$/)).toHaveAttribute(
      'data-soon',
      'true',
    );
  });

  it('follows the server', async () => {
    const { serverSends } = await renderConversation({ room: aPickupRoom(), rows: [aMessage(1)] });
    await screen.findByText('Gathering');
    answer('get', '/rooms/7', aPickupRoom({ phase: 'ORDER_STARTED', memberCount: 5, version: 5 }));
    await serverSends({ type: 'room', room: 7, change: 'phase', state: 'open' });
    expect(await screen.findByText('Ordering')).toBeInTheDocument();
    expect(screen.getByText('5 of 6 people')).toBeInTheDocument();
  });
});

describe('a system line', () => {
  const rows = [
    aLine(1, { code: 'created' }, { sender: 1 }),
    aLine(2, { code: 'joined', user: 2 }),
    aMessage(3, { sender: 1, body: 'welcome' }),
    aLine(4, { code: 'kicked', user: 4 }, { sender: 1 }),
    aLine(5, { code: 'host', user: 99 }),
  ];

  it('says what happened and is no message', async () => {
    await renderConversation({
      room: aGroup(),
      members: [aMember(1, 9), aMember(2, 0), { ...aMember(4, 0), state: 'kicked' }],
      rows,
    });
    const log = await screen.findByRole('log');
    await waitFor(() => expect(log).toHaveTextContent('Dana was removed by the host'));
    expect(log).toHaveTextContent('You opened this room');
    expect(log).toHaveTextContent('Ben joined');
    expect(log).toHaveTextContent('Left user is the host now');
    expect(within(log).getAllByRole('article')).toHaveLength(1);
    expect(within(log).getAllByText('Not read by 1 person yet')).toHaveLength(1);
  });

  it('is passed by when one walks through the messages, and the Tab key still reaches them', async () => {
    const { person } = await renderConversation({
      room: aGroup(),
      rows: [aMessage(1), aLine(2, { code: 'password_set' }), aMessage(3), ...rows.slice(3)],
    });
    const last = await screen.findByRole('article', { name: /^Ben.*:03/ });
    expect(last).toHaveAttribute('tabindex', '0');
    act(() => last.focus());
    await person.keyboard('{ArrowUp}');
    expect(document.activeElement).toHaveTextContent('message 1');
  });

  it('is spoken, also when it stands in my name', async () => {
    const { serverSends, container } = await renderConversation({
      room: aPickupRoom(),
      members: three,
      rows: [aMessage(1)],
    });
    await screen.findByText('message 1');
    await serverSends(
      {
        type: 'message',
        room: 7,
        message: aLine(2, { code: 'warning', number: 15 }, { sender: 1 }),
      },
      { type: 'message', room: 7, message: aLine(3, { code: 'drawn', users: [3] }) },
    );
    const spoken = [...container.querySelectorAll('[aria-live=polite][aria-relevant] p')];
    expect(spoken.map((p) => p.textContent)).toEqual([
      'The room closes in 15 minutes',
      'Drawn by chance: Cho',
    ]);
  });
});

it('folds many who come and go, and shows them on a press', async () => {
  const { person } = await renderConversation({
    room: aGroup(),
    members: [...three, aMember(4, 0), former],
    rows: [
      aMessage(1),
      aLine(2, { code: 'joined', user: 2 }),
      aLine(3, { code: 'joined', user: 3 }),
      aLine(4, { code: 'left', user: 4 }),
      aMessage(5),
    ],
  });
  const fold = await screen.findByRole('button', { name: '2 people joined · 1 person left' });
  expect(screen.queryByText(/Cho joined/)).not.toBeInTheDocument();
  await person.click(fold);
  expect(fold).toHaveAttribute('aria-expanded', 'true');
  const lines = within(screen.getByRole('log')).getAllByRole('listitem');
  expect(lines.map((line) => line.firstChild?.firstChild?.textContent)).toEqual([
    'Ben joined',
    'Cho joined',
    'Dana left',
  ]);
});

describe('a closed room', () => {
  const end = aLine(2, { code: 'expired' });

  it('can only be read, and says why', async () => {
    await renderConversation({
      room: aPickupRoom({ state: 'closed' }),
      members: three,
      rows: [aMessage(1), end],
    });
    const note = await screen.findByRole('note');
    expect(note).toHaveTextContent('This room is closed.');
    expect(note).toHaveTextContent('Its time was up, and the room was closed.');
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
    expect(screen.queryByText(/left$/)).not.toBeInTheDocument();
  });

  it('closes while one looks at it', async () => {
    const { serverSends } = await renderConversation({
      room: aPickupRoom(),
      members: three,
      rows: [aMessage(1)],
    });
    await screen.findByRole('textbox');
    answer('get', '/rooms/7', aPickupRoom({ state: 'closed', version: 5 }));
    await serverSends(
      { type: 'room', room: 7, change: 'closed', state: 'closed' },
      { type: 'message', room: 7, message: end },
    );
    expect(screen.queryByRole('textbox')).not.toBeInTheDocument();
    expect(screen.getByRole('note')).toHaveTextContent('Its time was up');
  });
});
