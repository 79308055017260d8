import type { Schema } from '@/api/client';

/**
 * The same in a crowd, of which is only known how many have read how far. Whoever wrote the message has read it, which the counts
 * may not say yet.
 */
export function unreadInCrowd(reads: readonly Schema<'ReadCount'>[], seq: number): number {
  const behind = reads.reduce((sum, read) => sum + (read.seq < seq ? read.count : 0), 0);
  const known = reads.some((read) => read.seq >= seq);
  return known ? behind : Math.max(0, behind - 1);
}

/** How many members have not read a message: those who were there before it, are still, and have not read that far. */
export function unreadBy(members: readonly Schema<'Member'>[], seq: number): number {
  return members.filter(
    ({ state, joinedSeq, lastReadSeq }) =>
      state === 'joined' && joinedSeq < seq && lastReadSeq < seq,
  ).length;
}
