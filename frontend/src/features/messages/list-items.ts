import { find, type Message, type Thread } from '@/features/messages/thread';
import type { Outgoing } from '@/realtime/outbox';

/** What the list shows: rows, and after them my messages on their way. */
export type Item = Message | Outgoing;

/** How far back a message of mine can lie that is still believed to be on its way. */
const RECENT = 100;

export function itemsOf(thread: Thread, outgoing: readonly Outgoing[]): readonly Item[] {
  if (outgoing.length === 0 || !thread.atEnd) return thread.rows;
  const here = new Set(thread.rows.slice(-RECENT).map(({ clientId }) => clientId));
  return [...thread.rows, ...outgoing.filter(({ clientId }) => !here.has(clientId))];
}

/** The same before and after the server knows the message, so that its bubble stays where it is. */
export function keyOf(item: Item, me: number): string {
  return 'state' in item ? `${me}:${item.clientId}` : `${item.sender}:${item.clientId}`;
}

/** Who said it, and when. */
export function saidOf(item: Item, me: number): Pick<Message, 'sender' | 'sentAt' | 'kind'>;
export function saidOf(
  item: Item | undefined,
  me: number,
): Pick<Message, 'sender' | 'sentAt' | 'kind'> | undefined;
export function saidOf(item: Item | undefined, me: number) {
  if (!item || !('state' in item)) return item;
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
