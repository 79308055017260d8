import { daysBetween } from '@/lib/moment';
import type { Message } from '@/features/messages/thread';

/** Messages of one sender this close to each other, in milliseconds, look like one breath. */
const JOINED_WITHIN = 3 * 60_000;

type Said = Pick<Message, 'sender' | 'sentAt' | 'kind'>;

/** Where a message stands among its neighbours. */
export interface Place {
  /** The first of its day. */
  newDay: boolean;
  /** The first and the last of a run: messages of one sender, each within three minutes of the one before; or system lines. */
  starts: boolean;
  ends: boolean;
}

export function placeOf(before: Said | undefined, one: Said, after: Said | undefined): Place {
  return {
    newDay: !before || daysBetween(new Date(before.sentAt), new Date(one.sentAt)) !== 0,
    starts: !before || !joined(before, one),
    ends: !after || !joined(one, after),
  };
}

function joined(first: Said, second: Said): boolean {
  const [from, to] = [new Date(first.sentAt), new Date(second.sentAt)];
  if (first.kind !== second.kind || daysBetween(from, to) !== 0) return false;
  if (first.kind === 'system') return true; // Whoever caused them.
  return first.sender === second.sender && to.getTime() - from.getTime() <= JOINED_WITHIN;
}
