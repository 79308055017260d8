import { find, type Message, type Thread } from '@/features/messages/thread';
import { daysBetween } from '@/lib/moment';
import type { Outgoing } from '@/realtime/outbox';

/** Several who came and went one after the other: one item of the list. */
export interface Fold {
  readonly lines: readonly [Message, ...Message[]];
}

/** What the list shows: rows, and after them my messages on their way. */
export type Item = Message | Fold | Outgoing;

/** So many lines of coming and going in a row become a fold. */
const MANY = 3;

/** How far back a message of mine can lie that is still believed to be on its way. */
const RECENT = 100;

/** `firstUnread` begins an item of its own, so that a mark can stand above it. */
export function itemsOf(
  thread: Thread,
  outgoing: readonly Outgoing[],
  firstUnread: number | undefined,
): readonly Item[] {
  const rows = folded(thread.rows, firstUnread);
  if (outgoing.length === 0 || !thread.atEnd) return rows;
  const here = new Set(thread.rows.slice(-RECENT).map(({ clientId }) => clientId));
  return [...rows, ...outgoing.filter(({ clientId }) => !here.has(clientId))];
}

/** The rows, with long runs of people who come and go folded. */
function folded(rows: readonly Message[], firstUnread: number | undefined): readonly Item[] {
  if (!rows.some(comesOrGoes)) return rows;
  const items: Item[] = [];
  for (let i = 0; i < rows.length;) {
    const run = runAt(rows, i, firstUnread);
    const [first] = run;
    if (run.length >= MANY && first) items.push({ lines: [first, ...run.slice(1)] });
    else items.push(...run);
    i += run.length;
  }
  return items;
}

/** The lines of coming and going from here on, of one day; or the one row that stands here. */
function runAt(rows: readonly Message[], start: number, firstUnread: number | undefined) {
  let end = start + 1;
  for (; ; end++) {
    const [before, next] = [rows[end - 1], rows[end]];
    if (!before || !next || next.seq === firstUnread) break;
    if (!comesOrGoes(before) || !comesOrGoes(next)) break;
    if (daysBetween(new Date(before.sentAt), new Date(next.sentAt)) !== 0) break;
  }
  return rows.slice(start, end);
}

function comesOrGoes({ line }: Message): boolean {
  return line?.code === 'joined' || line?.code === 'left';
}

/** Where the row with this seq is shown; undefined when it is not. */
export function indexOf(items: readonly Item[], seq: number): number | undefined {
  const index = items.findIndex((item) => !('state' in item) && lastSeqOf(item) >= seq);
  const item = items[index];
  return item && !('state' in item) && firstOf(item).seq <= seq ? index : undefined;
}

function firstOf(item: Message | Fold): Message {
  return 'lines' in item ? item.lines[0] : item;
}

function lastSeqOf(item: Message | Fold): number {
  return 'lines' in item ? (item.lines.at(-1)?.seq ?? 0) : item.seq;
}

/** The same before and after the server knows the message, so that its bubble stays where it is. */
export function keyOf(item: Item, me: number): string {
  if ('state' in item) return `${me}:${item.clientId}`;
  if ('lines' in item) return `fold:${item.lines[0].seq}`;
  return `${item.sender}:${item.clientId}`;
}

/** Who said it, and when. */
export function saidOf(item: Item, me: number): Pick<Message, 'sender' | 'sentAt' | 'kind'>;
export function saidOf(
  item: Item | undefined,
  me: number,
): Pick<Message, 'sender' | 'sentAt' | 'kind'> | undefined;
export function saidOf(item: Item | undefined, me: number) {
  if (!item || !('state' in item)) return item && firstOf(item);
  return { sender: me, sentAt: new Date(item.at).toISOString(), kind: 'text' };
}

/** The messages of others below what was seen, also those that are not loaded. */
export function freshBelow(thread: Thread, seen: number, me: number): number {
  const last = thread.rows.at(-1)?.seq ?? 0;
  let fresh = Math.max(0, thread.lastSeq - Math.max(last, seen));
  for (let i = thread.rows.length - 1; i >= 0; i--) {
    const row = thread.rows[i];
    if (!row || row.seq <= seen) break;
    if (row.sender !== me) fresh += 1;
  }
  return fresh;
}

/** The seq to which a key leads from this one; only what somebody wrote is walked through. */
export function neighbourOf(
  rows: readonly Message[],
  seq: number,
  key: string,
): number | undefined {
  const first = rows[0]?.seq ?? 0;
  const walks: Record<string, [from: number, step: 1 | -1]> = {
    ArrowUp: [seq - 1, -1],
    ArrowDown: [seq + 1, 1],
    Home: [first, 1],
    End: [rows.at(-1)?.seq ?? 0, -1],
  };
  const walk = walks[key];
  if (!walk) return undefined;
  for (let [at] = walk; ; at += walk[1]) {
    const row = find(rows, at);
    if (!row) return undefined;
    if (row.kind === 'text') return at;
  }
}
