import type { Schema } from '@/api/client';

/** How many members have not read a message: those who were there before it, are still, and have not read that far. */
export function unreadBy(members: readonly Schema<'Member'>[], seq: number): number {
  return members.filter(
    ({ state, joinedSeq, lastReadSeq }) =>
      state === 'joined' && joinedSeq < seq && lastReadSeq < seq,
  ).length;
}
