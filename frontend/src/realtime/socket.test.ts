import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClientEnvelope, ServerEnvelope } from '@/realtime/envelopes';
import { DialRefused, Socket } from '@/realtime/socket';
import { FakeSocket } from '@/testing/fake-socket';

const typing: ServerEnvelope = { type: 'typing', room: 1, user: 2 };
const enter: ClientEnvelope = { type: 'enter', room: 1, sinceRev: 9 };

let dialled: FakeSocket[];
let probe: ClientEnvelope | undefined;
let refuse: DialRefused | undefined;
let socket: Socket;
const heard = vi.fn();
const opened = vi.fn();
const over = vi.fn();

beforeEach(async () => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  dialled = [];
  probe = refuse = undefined;
  socket = new Socket({
    open: () => {
      if (refuse) return Promise.reject(refuse);
      const fake = new FakeSocket();
      dialled.push(fake);
      return Promise.resolve(fake.asWebSocket);
    },
    onEnvelope: heard,
    onOpen: opened,
    onOver: over,
    probe: () => probe,
    random: () => 1,
  });
  socket.start();
  await vi.advanceTimersByTimeAsync(0);
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

function latest(): FakeSocket {
  const fake = dialled.at(-1);
  if (!fake) throw new Error('nothing was dialled');
  return fake;
}
const phase = () => socket.status.snapshot().phase;

it('hands on every envelope of a frame', () => {
  latest().serverOpens();
  latest().serverSends(typing, { type: 'presence', user: 2, online: true });
  expect(heard).toHaveBeenCalledTimes(2);
  expect(opened).toHaveBeenCalledTimes(1);
});

it('refuses to send before it is open and after it was lost', () => {
  expect(socket.send(enter)).toBe(false);
  latest().serverOpens();
  expect(socket.send(enter)).toBe(true);
  latest().serverCloses(1006);
  expect(socket.send(enter)).toBe(false);
  expect(latest().sent).toEqual([enter]);
});

describe('after a loss', () => {
  it('dials again, waiting longer every time', async () => {
    for (const wait of [500, 1000, 2000]) {
      const before = dialled.length;
      latest().serverOpens();
      latest().serverCloses(1006);
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(dialled).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(dialled).toHaveLength(before + 1);
    }
  });

  it('starts over with short waits only after a calm minute', async () => {
    latest().serverOpens();
    latest().serverCloses(1006);
    await vi.advanceTimersByTimeAsync(500);
    latest().serverOpens();
    await vi.advanceTimersByTimeAsync(60_000);
    latest().serverCloses(1006);
    await vi.advanceTimersByTimeAsync(500);
    expect(dialled).toHaveLength(3);
  });

  it('tells that it may be stale each time it is back', async () => {
    latest().serverOpens();
    latest().serverCloses(1008);
    await vi.advanceTimersByTimeAsync(500);
    latest().serverOpens();
    expect(opened).toHaveBeenCalledTimes(2);
  });

  it('stays away as long as the server asked, whatever happens meanwhile', async () => {
    latest().serverOpens();
    latest().serverSends({ type: 'bye', reason: 'shutdown', retryAfter: 4 });
    latest().serverCloses(1001);
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(4999); // Four seconds of its own, and at most one of jitter.
    expect(dialled).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(dialled).toHaveLength(2);
  });

  it('goes when the server said goodbye and then does not close', async () => {
    latest().serverOpens();
    latest().serverSends({ type: 'bye', reason: 'shutdown', retryAfter: 1 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(latest().closedWith).toBe(1000);
    await vi.advanceTimersByTimeAsync(2000);
    expect(dialled).toHaveLength(2);
  });

  it('dials within a second when the network is back, which it is for many at once', async () => {
    latest().serverOpens();
    for (let attempt = 0; attempt < 5; attempt++) {
      latest().serverCloses(1006);
      await vi.advanceTimersByTimeAsync(9000);
    }
    const before = dialled.length;
    latest().serverCloses(1006); // Ten seconds are to be waited now.
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(999);
    expect(dialled).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(dialled).toHaveLength(before + 1);
  });

  it('never dials in a tight loop, however often the server puts it off for being slow', async () => {
    for (let second = 0; second < 60; second++) {
      latest().serverOpens();
      latest().serverCloses(1008);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(dialled.length).toBeLessThan(12);
  });

  it('dials at once when somebody has something to say, but not more than once a second', async () => {
    latest().serverOpens();
    await vi.advanceTimersByTimeAsync(2000);
    latest().serverCloses(1006);
    socket.check();
    await vi.advanceTimersByTimeAsync(0);
    expect(dialled).toHaveLength(2);
    latest().serverCloses(1006);
    socket.check();
    socket.check();
    await vi.advanceTimersByTimeAsync(0);
    expect(dialled).toHaveLength(2);
  });

  it('is late only after five seconds, however often it tries', async () => {
    latest().serverOpens();
    latest().serverCloses(1006);
    expect(socket.status.snapshot()).toEqual({ phase: 'lost', late: false });
    for (let second = 0; second < 5; second++) {
      if (latest().readyState === WebSocket.CONNECTING) latest().serverCloses(1006);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(socket.status.snapshot()).toEqual({ phase: 'lost', late: true });
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(1000);
    latest().serverOpens();
    expect(socket.status.snapshot()).toEqual({ phase: 'open', late: false });
  });
});

describe('when the session has ended', () => {
  it('never dials again after 4401', async () => {
    latest().serverOpens();
    latest().serverCloses(4401);
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(dialled).toHaveLength(1);
    expect(over).toHaveBeenCalledTimes(1);
    expect(phase()).toBe('over');
  });

  it('knows it from the goodbye', () => {
    latest().serverOpens();
    latest().serverSends({ type: 'bye', reason: 'session_ended', retryAfter: 0 });
    expect(over).toHaveBeenCalledTimes(1);
    expect(latest().closedWith).toBe(1000);
  });

  it('knows it when no ticket is given', async () => {
    latest().serverOpens();
    refuse = new DialRefused(true);
    latest().serverCloses(1006);
    await vi.advanceTimersByTimeAsync(500);
    expect(phase()).toBe('over');
  });
});

it('waits as told when the ticket is refused for being too fast', async () => {
  latest().serverOpens();
  refuse = new DialRefused(false, 2);
  latest().serverCloses(1006);
  await vi.advanceTimersByTimeAsync(500);
  refuse = undefined;
  await vi.advanceTimersByTimeAsync(3999);
  expect(dialled).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(dialled).toHaveLength(2);
});

it('gives up a dial that neither opens nor closes', async () => {
  await vi.advanceTimersByTimeAsync(15_500);
  expect(dialled).toHaveLength(2);
  expect(dialled[0]?.closedWith).toBe(1000);
});

describe('a silent connection', () => {
  it('is asked after a minute, and kept when it answers', async () => {
    probe = enter;
    latest().serverOpens();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(latest().sent).toEqual([enter]);
    latest().serverSends(typing);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(dialled).toHaveLength(1);
  });

  it('is given up when it does not answer', async () => {
    probe = enter;
    latest().serverOpens();
    await vi.advanceTimersByTimeAsync(65_100);
    expect(dialled[0]?.closedWith).toBe(4000);
    expect(dialled).toHaveLength(2);
  });

  it('is dialled anew after five minutes when there is nothing to ask', async () => {
    latest().serverOpens();
    await vi.advanceTimersByTimeAsync(299_000);
    expect(dialled).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(16_000);
    expect(dialled).toHaveLength(2);
  });

  it('is asked at once when the machine slept', async () => {
    probe = enter;
    latest().serverOpens();
    await vi.advanceTimersByTimeAsync(15_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(latest().sent).toEqual([enter]);
  });
});

it('says nothing more once it was stopped', async () => {
  const first = latest();
  first.serverOpens();
  socket.stop();
  first.serverSends(typing);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(first.closedWith).toBe(1000);
  expect(heard).not.toHaveBeenCalled();
  expect(over).not.toHaveBeenCalled();
  expect(dialled).toHaveLength(1);
});
