import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientEnvelope } from '@/realtime/envelopes';
import { Outbox, ACK_TIMEOUT } from '@/realtime/outbox';
import { OutboxStorage } from '@/realtime/outbox-storage';
import type { Tab } from '@/realtime/tabs';

type Sent = Extract<ClientEnvelope, { type: 'message' }>;

let sent: Sent[];
let connected: boolean;
let outbox: Outbox;
let gone: Set<string>;
let epoch: string | undefined;
const doubt = vi.fn();

function tab(id: string): Tab {
  return {
    id,
    ifGone: async (other, work) => {
      if (gone.has(other)) work();
    },
    leave: () => gone.add(id),
  };
}

function box(id: string, user = 1): Outbox {
  return new Outbox({
    storage: new OutboxStorage(localStorage, user),
    tab: tab(id),
    epoch: () => epoch,
    send: (envelope) => {
      if (connected && envelope.type === 'message') sent.push(envelope);
      return connected;
    },
    onDoubt: doubt,
    random: () => 1,
  });
}

const bodies = () => sent.map(({ body }) => body);
const states = (room = 7) => outbox.room(room).map(({ body, state }) => `${body}:${state}`);

function ack(of: Sent | undefined, seq = 1) {
  if (!of) throw new Error('nothing was sent');
  outbox.acked({ type: 'ack', clientId: of.clientId, room: of.room, seq, rev: seq, sentAt: '' });
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  localStorage.clear();
  sent = [];
  gone = new Set();
  connected = true;
  epoch = 'first';
  outbox = box('a');
  await outbox.opened();
});

afterEach(() => {
  outbox.stop();
  vi.useRealTimers();
});

describe('order', () => {
  it('sends a room’s messages one by one, each after the ack of the one before', () => {
    for (const body of ['one', 'two', 'three']) outbox.add({ room: 7, body });
    expect(bodies()).toEqual(['one']);
    ack(sent[0]);
    expect(bodies()).toEqual(['one', 'two']);
    expect(states()).toEqual(['one:sent', 'two:sending', 'three:waiting']);
  });

  it('keeps it when a message that was sent twice is acknowledged twice', () => {
    for (const body of ['one', 'two', 'three']) outbox.add({ room: 7, body });
    ack(sent[0]);
    ack(sent[0]);
    expect(bodies()).toEqual(['one', 'two']);
    expect(states()).toEqual(['one:sent', 'two:sending', 'three:waiting']);
  });

  it('does not let one room wait for another', () => {
    outbox.add({ room: 7, body: 'one' });
    outbox.add({ room: 8, body: 'other' });
    expect(bodies()).toEqual(['one', 'other']);
  });

  it('does not let a refused message hold up the next', () => {
    outbox.add({ room: 7, body: 'bad' });
    outbox.add({ room: 7, body: 'good' });
    outbox.refused({
      type: 'error',
      code: 'request.invalid',
      detail: '',
      clientId: sent[0]?.clientId ?? '',
    });
    expect(states()).toEqual(['bad:failed', 'good:sending']);
  });

  it('waits as long as the server asks, and keeps the order meanwhile', async () => {
    outbox.add({ room: 7, body: 'one' });
    outbox.add({ room: 7, body: 'two' });
    const clientId = sent[0]?.clientId ?? '';
    outbox.refused({ type: 'error', code: 'rate.limited', detail: '', clientId, retryAfter: 3 });
    outbox.add({ room: 7, body: 'three' });
    await vi.advanceTimersByTimeAsync(5999);
    expect(bodies()).toEqual(['one']);
    await vi.advanceTimersByTimeAsync(1);
    expect(bodies()).toEqual(['one', 'one']);
    expect(sent[1]?.clientId).toBe(clientId);
  });
});

describe('too much at once', () => {
  const tooMany = { type: 'error', code: 'frame.too_many', detail: '', retryAfter: 1 } as const;

  it('makes all rooms wait, and fails nothing', async () => {
    outbox.add({ room: 7, body: 'one' });
    outbox.refused({ ...tooMany, clientId: sent[0]?.clientId ?? '' });
    outbox.add({ room: 8, body: 'other' });
    outbox.add({ room: 7, body: 'two' });
    expect(states()).toEqual(['one:waiting', 'two:waiting']);
    await vi.advanceTimersByTimeAsync(1999);
    expect(bodies()).toEqual(['one']);
    await vi.advanceTimersByTimeAsync(1);
    expect(bodies().toSorted()).toEqual(['one', 'one', 'other']);
  });

  it('is not carried over to the next connection', async () => {
    outbox.refused(tooMany);
    outbox.lost();
    await outbox.opened();
    outbox.add({ room: 7, body: 'one' });
    expect(bodies()).toEqual(['one']);
  });
});

describe('a lost connection', () => {
  it('sends what was unanswered again, with the same client id', async () => {
    outbox.add({ room: 7, body: 'one', replyTo: 3 });
    outbox.lost();
    connected = false;
    outbox.add({ room: 7, body: 'two' });
    expect(states()).toEqual(['one:waiting', 'two:waiting']);
    expect(outbox.waiting()).toBe(2);
    connected = true;
    await outbox.opened();
    expect(sent[1]).toEqual(sent[0]);
    expect(sent[1]).toMatchObject({ replyTo: 3 });
    ack(sent[1]);
    expect(bodies()).toEqual(['one', 'one', 'two']);
  });

  it('is suspected when no ack comes, and the message goes out once more', async () => {
    outbox.add({ room: 7, body: 'one' });
    await vi.advanceTimersByTimeAsync(ACK_TIMEOUT);
    expect(doubt).toHaveBeenCalledTimes(1);
    expect(sent[1]).toEqual(sent[0]);
  });
});

describe('reconciliation', () => {
  it('forgets a message when its row is there, whether or not the ack came first', () => {
    outbox.add({ room: 7, body: 'one' });
    outbox.add({ room: 7, body: 'two' });
    outbox.arrived(7, ({ body }) => body === 'one');
    expect(states()).toEqual(['two:sending']);
    ack(sent[1]);
    expect(states()).toEqual(['two:sent']);
    outbox.arrived(7, ({ body }) => body === 'two');
    expect(states()).toEqual([]);
    expect(new OutboxStorage(localStorage, 1).load()).toEqual([]);
  });

  it('survives a late ack of what is gone', () => {
    outbox.add({ room: 7, body: 'one' });
    outbox.arrived(7, () => true);
    ack(sent[0]);
    expect(states()).toEqual([]);
  });

  it('gives the same list until something changes', () => {
    outbox.add({ room: 7, body: 'one' });
    expect(outbox.room(7)).toBe(outbox.room(7));
    expect(outbox.room(99)).toBe(outbox.room(98));
  });
});

describe('a refused message', () => {
  beforeEach(() => {
    outbox.add({ room: 7, body: 'one' });
    outbox.refused({
      type: 'error',
      code: 'room.read_only',
      detail: '',
      clientId: sent[0]?.clientId ?? '',
    });
  });

  it('can be tried again, after what was written since', () => {
    outbox.add({ room: 7, body: 'two' });
    outbox.retry(7, sent[0]?.clientId ?? '');
    expect(states()).toEqual(['two:sending', 'one:waiting']);
    ack(sent[1]);
    expect(bodies()).toEqual(['one', 'two', 'one']);
  });

  it('can be dropped', () => {
    outbox.drop(7, sent[0]?.clientId ?? '');
    expect(states()).toEqual([]);
    expect(localStorage).toHaveLength(0);
  });

  it('is still there, refused, after a reload', async () => {
    outbox.stop();
    outbox = box('b');
    await outbox.opened();
    expect(states()).toEqual(['one:failed']);
    expect(sent).toHaveLength(1);
  });
});

describe('several pages', () => {
  it('send after a reload what the page before did not get sent, in its order', async () => {
    outbox.lost();
    connected = false;
    for (const body of ['one', 'two', 'three']) outbox.add({ room: 7, body });
    gone.add('a');
    connected = true;
    outbox = box('b');
    await outbox.opened();
    ack(sent[0]);
    ack(sent[1]);
    expect(bodies()).toEqual(['one', 'two', 'three']);
  });

  it.each([
    ['the same history', 'first', 5],
    ['one that was not known yet', undefined, 5],
    ['another history', 'second', undefined],
  ])('send what answers a message of %s', async (_, now, replyTo) => {
    connected = false;
    if (now === undefined) epoch = undefined;
    outbox.add({ room: 7, body: 'an answer', replyTo: 5 });
    outbox.stop();
    connected = true;
    epoch = now ?? 'first';
    outbox = box('b');
    await outbox.opened();
    expect(sent[0]?.replyTo).toBe(replyTo);
    expect(outbox.room(7)[0]?.replyTo).toBe(replyTo);
  });

  it('leave alone what a living tab is sending', async () => {
    outbox.add({ room: 7, body: 'one' });
    const second = box('b');
    await second.opened();
    expect(second.room(7)).toEqual([]);
    expect(sent).toHaveLength(1);
  });

  it('never mix the messages of two users', async () => {
    connected = false;
    outbox.add({ room: 7, body: 'mine' });
    outbox.stop();
    const other = box('b', 2);
    await other.opened();
    expect(other.room(7)).toEqual([]);
  });
});

it('leaves nothing behind after a log-out', () => {
  outbox.add({ room: 7, body: 'one' });
  outbox.clear();
  expect(localStorage).toHaveLength(0);
  expect(outbox.waiting()).toBe(0);
});

it('goes on from memory when the storage is full', () => {
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  outbox.add({ room: 7, body: 'one' });
  expect(bodies()).toEqual(['one']);
});

it('passes over entries that are not ours', () => {
  localStorage.setItem('emosation.outbox.1.x', '{"clientId":"x"}');
  localStorage.setItem('emosation.outbox.1.y', 'oops');
  expect(new OutboxStorage(localStorage, 1).load()).toEqual([]);
});

it('forgets what was on its way to a room that is not mine any more', async () => {
  outbox.add({ room: 7, body: 'one' });
  outbox.add({ room: 7, body: 'two' });
  outbox.add({ room: 8, body: 'elsewhere' });
  outbox.forget(7);
  expect(states()).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * ACK_TIMEOUT);
  expect(bodies().filter((body) => body !== 'elsewhere')).toEqual(['one']);
  expect(new OutboxStorage(localStorage, 1).load().map(({ body }) => body)).toEqual(['elsewhere']);
});
