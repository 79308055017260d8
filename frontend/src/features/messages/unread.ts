import type { Schema } from '@/api/client';

/** How many members have not read a message: those who were there before it and have not read that far. */
export function unreadBy(members: readonly Schema<'Member'>[], seq: number): number {
  return members.filter(({ joinedSeq, lastReadSeq }) => joinedSeq < seq && lastReadSeq < seq)
    .length;
}
