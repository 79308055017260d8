import type { Schema } from '@/api/client';

export type Message = Schema<'Message'>;
export type MessagePage = Schema<'MessagePage'>;

/**
 * What this page knows of a room's messages. Everything here is pure: rows apply by seq, the highest rev wins, so any
 * order and any repetition of the same rows ends in the same thread.
 */
export interface Thread {
  /** Which history of the server this is a part of. Pages of another one do not fit. */
  readonly epoch: string;
  /** What is shown: without gaps, ordered by seq. */
  readonly rows: readonly Message[];
  /** Known, but not connected to the rows yet: changes further back, or new ones beyond a gap. Ordered by seq. */
  readonly strays: readonly Message[];
  /** Counts how often another part of the room was shown: what was before and after a row is not the same any more. */
  readonly part: number;
  /** The first row is the first message of the room. */
  readonly atStart: boolean;
  /** The rows are the end of the room, but for what may be on its way. */
  readonly atEnd: boolean;
  /** The room's, as far as we heard. */
  readonly lastSeq: number;
  readonly lastRev: number;
  /** Every change up to this rev is in here. */
  readonly rev: number;
  /** Revs beyond a gap that came in already; ordered. */
  readonly ahead: readonly number[];
}

/** The thread that starts with the latest page of the room, whole up to the page's rev. */
export function threadOf(page: MessagePage, atStart: boolean): Thread {
  const rows = joined([], page.items);
  return heard(
    {
      epoch: page.epoch,
      rows,
      strays: [],
      part: 0,
      atStart: atStart || rows[0]?.seq === 1 || page.lastSeq === 0,
      atEnd: true,
      lastSeq: page.lastSeq,
      lastRev: page.lastRev,
      rev: page.lastRev,
      ahead: [],
    },
    page.items.map(({ rev }) => rev),
  );
}

/** Rows that came over the socket, or as the answer to a change. */
export function withRows(thread: Thread, messages: readonly Message[]): Thread {
  return heard(
    merged(thread, messages),
    messages.map(({ rev }) => rev),
  );
}

/**
 * A better reading of a row. It carries no text, so it is only applied when nothing before it is missing; else the room's
 * new rev is noted and the whole row is fetched.
 */
export function withReading(
  thread: Thread,
  { seq, rev, reading }: Pick<Message, 'seq' | 'rev' | 'reading'>,
): Thread {
  const row = find(thread.rows, seq) ?? find(thread.strays, seq);
  if (row && rev === thread.rev + 1) return withRows(thread, [{ ...row, rev, reading }]);
  return noted(thread, { lastSeq: seq, lastRev: rev });
}

/** The message is taken back; shown at once, until the server's own tombstone with its higher rev comes. */
export function withTombstone(thread: Thread, seq: number, deletedAt: string): Thread {
  const bury = (row: Message): Message =>
    row.seq === seq ? { ...row, body: '', deletedAt, reactions: [], reading: null } : row;
  return { ...thread, rows: thread.rows.map(bury) };
}

/** My word about a row, or what stood there before it; shown at once, until the row itself comes with its higher rev. */
export function withReadingNow(thread: Thread, seq: number, reading: Message['reading']): Thread {
  const read = (row: Message): Message => (row.seq === seq ? { ...row, reading } : row);
  return { ...thread, rows: thread.rows.map(read) };
}

/**
 * The thread with these readings instead of those it had, up to a seq. Who may see them has changed, which is no change of a message: a row
 * that was not fetched anew has none.
 */
export function withReadings(thread: Thread, upTo: number, fetched: readonly Message[]): Thread {
  const anew = new Map(fetched.map((message) => [message.seq, message]));
  const read = (row: Message): Message => {
    if (row.seq > upTo) return row;
    const fresh = anew.get(row.seq);
    if (fresh && row.rev > fresh.rev) return row; // It changed in the meantime, and what it has is newer still.
    const reading = fresh?.rev === row.rev ? fresh.reading : null;
    return reading === null && row.reading === null ? row : { ...row, reading };
  };
  return { ...thread, rows: thread.rows.map(read), strays: thread.strays.map(read) };
}

/** A page before the first row. */
export function withOlder(thread: Thread, page: MessagePage): Thread {
  if (page.epoch !== thread.epoch) return thread;
  return { ...merged(noted(thread, page), page.items), atStart: !page.hasMore };
}

/** A page after the last row. */
export function withNewer(thread: Thread, page: MessagePage): Thread {
  if (page.epoch !== thread.epoch) return thread;
  return merged(noted(thread, page), page.items);
}

/**
 * Rows that changed after a rev, by rev, as `since_rev` and `entered` give them. The thread is whole up to the last of them, or
 * up to the room's rev when nothing is missing; but only if it was whole up to where they begin.
 */
export function withChanges(thread: Thread, since: number, page: MessagePage): Thread {
  if (page.epoch !== thread.epoch) return thread;
  const next = merged(noted(thread, page), page.items);
  if (since > thread.rev)
    return heard(
      next,
      page.items.map(({ rev }) => rev),
    );
  const upTo = page.hasMore ? Math.max(since, ...page.items.map(({ rev }) => rev)) : page.lastRev;
  return heard(
    { ...next, rev: Math.max(next.rev, upTo) },
    page.items.map(({ rev }) => rev),
  );
}

/** Shows another part of the room: the run of known messages around the page. */
export function movedTo(thread: Thread, page: MessagePage, atStart: boolean): Thread {
  const anchor = page.items[0];
  if (!anchor || page.epoch !== thread.epoch) return thread;
  const known = joined(joined(thread.rows, thread.strays), page.items);
  const next = { ...noted(thread, page), ...around(known, anchor.seq) };
  const before = thread.rows[0];
  const grown = before !== undefined && find(next.rows, before.seq) !== undefined;
  return {
    ...next,
    part: grown ? thread.part : thread.part + 1,
    atStart: next.rows[0]?.seq === 1 || (grown ? thread.atStart : atStart),
    atEnd: (grown && thread.atEnd) || reachesEnd(next),
  };
}

/** The room has this seq and rev now, says the server. */
export function noted(
  thread: Thread,
  { lastSeq, lastRev }: Pick<MessagePage, 'lastSeq' | 'lastRev'>,
): Thread {
  if (lastSeq <= thread.lastSeq && lastRev <= thread.lastRev) return thread;
  return {
    ...thread,
    lastSeq: Math.max(thread.lastSeq, lastSeq),
    lastRev: Math.max(thread.lastRev, lastRev),
  };
}

/** Something happened that is not in here yet. */
export function isBehind(thread: Thread): boolean {
  return thread.rev < thread.lastRev;
}

/** The row with this seq, among rows that are ordered by it. */
export function find(rows: readonly Message[], seq: number): Message | undefined {
  const index = position(rows, seq);
  return rows[index]?.seq === seq ? rows[index] : undefined;
}

function merged(thread: Thread, messages: readonly Message[]): Thread {
  const known = joined(joined(thread.rows, thread.strays), messages);
  const first = thread.rows[0]?.seq ?? messages[0]?.seq;
  if (first === undefined) return thread;
  const lastSeq = Math.max(thread.lastSeq, known.at(-1)?.seq ?? 0);
  const next = { ...thread, ...around(known, first), lastSeq };
  return {
    ...next,
    atStart: next.atStart || next.rows[0]?.seq === 1,
    atEnd: next.atEnd || reachesEnd(next),
  };
}

function reachesEnd({ rows, lastSeq }: Thread): boolean {
  return (rows.at(-1)?.seq ?? 0) >= lastSeq;
}

/** The run without gaps around a seq, and the rest. */
function around(known: readonly Message[], seq: number): Pick<Thread, 'rows' | 'strays'> {
  const at = position(known, seq);
  let from = at;
  let to = at + 1;
  while (from > 0 && known[from - 1]?.seq === (known[from]?.seq ?? 0) - 1) from--;
  while (to < known.length && known[to]?.seq === (known[to - 1]?.seq ?? 0) + 1) to++;
  return { rows: known.slice(from, to), strays: [...known.slice(0, from), ...known.slice(to)] };
}

/** Both lists in one, ordered by seq, of each seq the row with the highest rev. */
function joined(ordered: readonly Message[], more: readonly Message[]): Message[] {
  const incoming = [...more].sort((a, b) => a.seq - b.seq || a.rev - b.rev);
  const result: Message[] = [];
  const push = (row: Message) => {
    const last = result.at(-1);
    if (last?.seq !== row.seq) result.push(row);
    else if (row.rev > last.rev) result[result.length - 1] = row;
  };
  let next = 0;
  for (const row of ordered) {
    for (let one = incoming[next]; one && one.seq < row.seq; one = incoming[++next]) push(one);
    push(row);
  }
  for (const one of incoming.slice(next)) push(one);
  return result;
}

/** Moves the mark up over the revs that came in without a gap. */
function heard(thread: Thread, revs: readonly number[]): Thread {
  const ahead = [...new Set([...thread.ahead, ...revs])]
    .filter((rev) => rev > thread.rev)
    .sort((a, b) => a - b);
  let { rev } = thread;
  let known = 0;
  while (ahead[known] === rev + 1) {
    rev += 1;
    known += 1;
  }
  const lastRev = Math.max(thread.lastRev, rev, ahead.at(-1) ?? 0);
  return { ...thread, rev, lastRev, ahead: ahead.slice(known) };
}

/** Where the seq is, or would be. */
function position(rows: readonly Message[], seq: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
