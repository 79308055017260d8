import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Live } from '@/realtime/live';
import { OutboxStorage } from '@/realtime/outbox-storage';
import { FakeSocket } from '@/testing/fake-socket';

let dialled: FakeSocket[];
let live: Live;
let visible: DocumentVisibilityState;
const stale = vi.fn();

beforeEach(async () => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  dialled = [];
  visible = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visible);
  live = new Live({
    open: () => {
      const fake = new FakeSocket();
      dialled.push(fake);
      return Promise.resolve(fake.asWebSocket);
    },
    storage: new OutboxStorage(localStorage, 1),
    tab: { id: 'a', ifGone: async (_tab, work) => work(), leave: () => undefined },
    epoch: () => 'e',
    onEnvelope: () => undefined,
    onStale: stale,
    onOver: () => undefined,
    known: (room) => ({ 7: { rev: 42, epoch: 'e' }, 8: { rev: 5, epoch: 'e' } })[room],
    random: () => 1,
  });
  live.start();
  await vi.advanceTimersByTimeAsync(0);
  dialled[0]?.serverOpens();
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

const sent = (of = dialled.length - 1) => dialled[of]?.sent ?? [];

async function loseAndReturn() {
  dialled.at(-1)?.serverCloses(1006);
  window.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(1000);
  dialled.at(-1)?.serverOpens();
  await vi.advanceTimersByTimeAsync(0);
}

function show(state: DocumentVisibilityState) {
  visible = state;
  document.dispatchEvent(new Event('visibilitychange'));
}

it('enters the room in view with the rev it has, and closes it when the view ends', () => {
  const end = live.view(7);
  end();
  expect(sent()).toEqual([
    { type: 'enter', room: 7, sinceRev: 42, epoch: 'e' },
    { type: 'close', room: 7 },
  ]);
});

it('looks away while the page cannot be seen', () => {
  live.view(8);
  show('hidden');
  show('visible');
  expect(sent()).toEqual([
    { type: 'enter', room: 8, sinceRev: 5, epoch: 'e' },
    { type: 'close', room: 8 },
    { type: 'enter', room: 8, sinceRev: 5, epoch: 'e' },
  ]);
});

it('closes one room before it enters the next, whichever effect runs first', () => {
  const end = live.view(7);
  live.view(8);
  end();
  expect(sent().map(({ type, room }) => `${type} ${room}`)).toEqual([
    'enter 7',
    'close 7',
    'enter 8',
  ]);
});

it('resumes after a loss: stale, in the room again, and nothing unread or unsent is lost', async () => {
  live.view(7);
  live.outbox.add({ room: 7, body: 'hello' });
  dialled[0]?.serverCloses(1006);
  live.read(7, 12);
  window.dispatchEvent(new Event('online'));
  await vi.advanceTimersByTimeAsync(1000);
  dialled[1]?.serverOpens();
  await vi.advanceTimersByTimeAsync(0);
  expect(stale).toHaveBeenCalledTimes(2);
  expect(sent(1)).toEqual([
    { type: 'enter', room: 7, sinceRev: 42, epoch: 'e' },
    { type: 'read', room: 7, seq: 12 },
    expect.objectContaining({ type: 'message', body: 'hello' }),
  ]);
  expect(sent(1).at(-1)).toEqual(sent(0).at(-1));
});

it('makes one read mark of many, never a smaller one', async () => {
  live.read(7, 3);
  live.read(7, 9);
  live.read(7, 5);
  await vi.advanceTimersByTimeAsync(400);
  expect(sent()).toEqual([{ type: 'read', room: 7, seq: 9 }]);
  live.read(7, 9);
  await vi.advanceTimersByTimeAsync(400);
  expect(sent()).toHaveLength(1);
  await loseAndReturn();
  expect(sent()).toEqual([{ type: 'read', room: 7, seq: 9 }]);
});

it('tells of typing at most every three seconds, and anew after a message', async () => {
  live.typing(7);
  live.typing(7);
  await vi.advanceTimersByTimeAsync(2999);
  live.typing(7);
  expect(sent()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  live.typing(7);
  expect(sent()).toHaveLength(2);
  live.typed(7);
  live.typing(7);
  expect(sent()).toHaveLength(3);
});

it('says again what was too much at once, when the server wants to hear it', async () => {
  live.view(7);
  live.read(7, 9);
  await vi.advanceTimersByTimeAsync(400);
  const before = sent().length;
  const tooMany = { type: 'error', code: 'frame.too_many', detail: '', retryAfter: 1 } as const;
  dialled[0]?.serverSends(tooMany, tooMany);
  await vi.advanceTimersByTimeAsync(1999);
  expect(sent()).toHaveLength(before);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent().slice(before)).toEqual([
    { type: 'enter', room: 7, sinceRev: 42, epoch: 'e' },
    { type: 'read', room: 7, seq: 9 },
  ]);
});
