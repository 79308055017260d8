import { describe, expect, it } from 'vitest';
import {
  isBehind,
  movedTo,
  noted,
  threadOf,
  withChanges,
  withNewer,
  withOlder,
  withReading,
  withReadings,
  withRows,
  type Message,
  type MessagePage,
  type Thread,
} from '@/features/messages/thread';

function row(seq: number, rev = seq, body = `m${seq}@${rev}`): Message {
  return {
    seq,
    rev,
    body,
    kind: 'text',
    sender: 1,
    clientId: `c${seq}`,
    line: null,
    replyTo: null,
    sentAt: '2026-11-21T03:00:00Z',
    editedAt: null,
    deletedAt: null,
    reactions: [],
    reading: null,
  };
}

function rows(from: number, to: number): Message[] {
  return Array.from({ length: to - from + 1 }, (_, i) => row(from + i));
}

function page(items: Message[], lastSeq: number, lastRev = lastSeq, hasMore = false): MessagePage {
  return { epoch: 'e', items, lastSeq, lastRev, hasMore };
}

const seqs = (thread: Thread) => thread.rows.map(({ seq }) => seq);
const bodies = (thread: Thread) => thread.rows.map(({ body }) => body);

/** A small seeded generator, so that a failure can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const keyed = items.map((item) => [random(), item] as const);
  return keyed.sort(([a], [b]) => a - b).map(([, item]) => item);
}

describe('rows in any order', () => {
  // A history of 60 revs: new messages, and changes of earlier ones. A row that is changed has left its old rev behind.
  function history(random: () => number): Message[] {
    const events: Message[] = [];
    let seq = 3;
    for (let rev = 4; rev <= 63; rev++) {
      const old = 1 + Math.floor(random() * seq);
      events.push(random() < 0.4 ? row(old, rev) : row(++seq, rev));
    }
    return events;
  }

  it.each(Array.from({ length: 50 }, (_, seed) => seed))(
    'end in the same thread (seed %i)',
    (seed) => {
      const random = randomOf(seed);
      const events = history(random);
      const start = threadOf(page(rows(1, 3), 3), false);
      const inOrder = events.reduce((thread, one) => withRows(thread, [one]), start);
      const twice = shuffled([...events, ...events], random);

      let thread = start;
      while (twice.length > 0)
        thread = withRows(thread, twice.splice(0, 1 + Math.floor(random() * 7)));

      expect(thread).toEqual(inOrder);
      expect(thread.rev).toBe(63);
      expect(thread.strays).toEqual([]);
      expect(isBehind(thread)).toBe(false);
    },
  );

  it.each(Array.from({ length: 30 }, (_, seed) => seed))(
    'lose nothing when some never came and the rest is fetched (seed %i)',
    (seed) => {
      const random = randomOf(seed + 1000);
      const events = history(random);
      const start = threadOf(page(rows(1, 3), 3), false);
      const whole = events.reduce((thread, one) => withRows(thread, [one]), start);
      const lossy = events.filter(() => random() < 0.6);
      let thread = shuffled(lossy, random).reduce((t, one) => withRows(t, [one]), start);
      thread = noted(thread, { lastSeq: whole.lastSeq, lastRev: 63 });
      expect(isBehind(thread)).toBe(lossy.length < events.length);

      // The server answers since_rev in pages, from its present rows.
      const server = [...whole.rows].sort((a, b) => a.rev - b.rev);
      while (isBehind(thread)) {
        const since = thread.rev;
        const missing = server.filter(({ rev }) => rev > since);
        const items = missing.slice(0, 5);
        thread = withChanges(
          thread,
          since,
          page(items, whole.lastSeq, 63, missing.length > items.length),
        );
      }
      expect(bodies(thread)).toEqual(bodies(whole));
      expect(thread.rev).toBe(63);
    },
  );
});

it('keeps a row as it is when the same or an older one comes', () => {
  const thread = threadOf(page([row(1, 5)], 1, 5), false);
  const again = withRows(thread, [row(1, 5, 'other'), row(1, 2, 'old')]);
  expect(again.rows[0]).toBe(thread.rows[0]);
});

describe('a gap', () => {
  it('is never shown: rows beyond it wait until it is filled', () => {
    let thread = threadOf(page(rows(1, 3), 3), false);
    thread = withRows(thread, [row(5)]);
    expect(seqs(thread)).toEqual([1, 2, 3]);
    expect(isBehind(thread)).toBe(true);
    thread = withRows(thread, [row(4)]);
    expect(seqs(thread)).toEqual([1, 2, 3, 4, 5]);
    expect(isBehind(thread)).toBe(false);
    expect(thread.atEnd).toBe(true);
  });

  it('is noticed when only the room’s numbers are known', () => {
    const thread = threadOf(page(rows(1, 3), 3), false);
    expect(isBehind(noted(thread, { lastSeq: 4, lastRev: 4 }))).toBe(true);
  });
});

describe('pages', () => {
  it('grow the thread at both ends', () => {
    let thread = threadOf(page(rows(40, 50), 60), false);
    thread = withOlder(thread, page(rows(30, 39), 60, 60, true));
    thread = withNewer(thread, page(rows(51, 60), 60));
    expect([thread.rows[0]?.seq, thread.rows.at(-1)?.seq, thread.rows.length]).toEqual([
      30, 60, 31,
    ]);
    expect(thread.atStart).toBe(false);
    expect(thread.atEnd).toBe(true);
    thread = withOlder(thread, page(rows(1, 29), 60));
    expect(thread.atStart).toBe(true);
  });

  it('do not undo a change that came while they were on their way', () => {
    let thread = threadOf(page(rows(40, 50), 50), false);
    thread = withRows(thread, [row(35, 51, 'edited')]);
    expect(seqs(thread)[0]).toBe(40);
    thread = withOlder(thread, page(rows(30, 39), 50, 50, true));
    expect(bodies(thread)).toContain('edited');
  });

  it('can show another part of the room, and join it when they meet', () => {
    let thread = threadOf(page(rows(90, 100), 100), false);
    thread = movedTo(thread, page(rows(10, 20), 100), false);
    expect(seqs(thread)).toEqual(rows(10, 20).map(({ seq }) => seq));
    expect(thread.part).toBe(1);
    thread = withRows(thread, [row(101)]);
    expect(seqs(thread).at(-1)).toBe(20);
    expect(thread.atEnd).toBe(false);
    thread = withNewer(thread, page(rows(21, 89), 101, 101, true));
    expect(seqs(thread).at(-1)).toBe(101);
    expect(thread.atEnd).toBe(true);
    thread = movedTo(thread, page(rows(5, 15), 101, 101, true), false);
    expect([seqs(thread)[0], seqs(thread).at(-1), thread.part]).toEqual([5, 101, 1]);
  });
});

describe('a reading that comes later', () => {
  const reading = { label: 'joy' } as Message['reading'];

  it('takes its place on the row', () => {
    const thread = withReading(threadOf(page(rows(1, 2), 2), false), { seq: 1, rev: 3, reading });
    expect(thread.rows[0]).toMatchObject({ rev: 3, body: 'm1@1', reading });
    expect(thread.rev).toBe(3);
  });

  it('waits for the whole row when something before it is missing', () => {
    let thread = withReading(threadOf(page(rows(1, 2), 2), false), { seq: 1, rev: 4, reading });
    expect(thread.rows[0]?.rev).toBe(1);
    expect(isBehind(thread)).toBe(true);
    thread = withChanges(thread, 2, page([row(1, 4, 'edited')], 2, 4));
    expect(bodies(thread)).toEqual(['edited', 'm2@2']);
    expect(isBehind(thread)).toBe(false);
  });
});

describe('readings that others may see than before', () => {
  const joy = { label: 'joy' } as Message['reading'];
  const anger = { label: 'anger' } as Message['reading'];
  const read = (seq: number, rev: number, reading: Message['reading']) => ({
    ...row(seq, rev),
    reading,
  });
  const labels = (thread: Thread) => thread.rows.map(({ reading }) => reading?.label ?? null);

  it('replace those that were there, though no message has changed', () => {
    const thread = threadOf(page([read(1, 1, joy), read(2, 2, null)], 2), false);
    const now = withReadings(thread, 2, [read(1, 1, null), read(2, 2, anger)]);
    expect(labels(now)).toEqual([null, 'anger']);
    expect(now.rev).toBe(2);
  });

  it('are forgotten where they were not fetched', () => {
    const thread = threadOf(page([read(1, 1, joy), read(2, 2, joy)], 2), false);
    expect(labels(withReadings(thread, 2, [read(2, 2, joy)]))).toEqual([null, 'joy']);
    expect(labels(withReadings(thread, 2, []))).toEqual([null, null]);
  });

  it('leave alone what came later, and what has changed since', () => {
    const thread = threadOf(
      page([read(1, 4, anger), read(2, 2, joy), read(3, 3, joy)], 3, 4),
      false,
    );
    const now = withReadings(thread, 2, [read(1, 1, joy), read(2, 2, null)]);
    expect(labels(now)).toEqual(['anger', null, 'joy']);
  });

  it('are not taken from a message of which another text is known', () => {
    const thread = threadOf(page([read(1, 1, joy)], 1), false);
    expect(labels(withReadings(thread, 1, [read(1, 5, anger)]))).toEqual([null]);
  });
});

it('starts an empty room with its first message', () => {
  const thread = withRows(threadOf(page([], 0), false), [row(1)]);
  expect(seqs(thread)).toEqual([1]);
  expect(thread.atStart).toBe(true);
  expect(thread.atEnd).toBe(true);
});

it('merges into ten thousand rows in a blink', () => {
  let thread = threadOf(page(rows(1, 10_000), 10_000), true);
  const start = performance.now();
  for (let seq = 10_001; seq <= 10_100; seq++) thread = withRows(thread, [row(seq)]);
  expect((performance.now() - start) / 100).toBeLessThan(16);
  expect(thread.rows).toHaveLength(10_100);
});
