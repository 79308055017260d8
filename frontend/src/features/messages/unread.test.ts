import { expect, it } from 'vitest';
import type { Schema } from '@/api/client';
import { unreadBy, unreadInCrowd } from '@/features/messages/unread';

const member = (id: number, joinedSeq: number, lastReadSeq: number): Schema<'Member'> => ({
  user: { id, nickname: `u${id}` },
  state: 'joined',
  joinedAt: '2026-11-20T00:00:00Z',
  joinedSeq,
  lastReadSeq,
  online: false,
});

it('counts who was there and has not read that far', () => {
  const members = [member(1, 0, 9), member(2, 0, 4), member(3, 7, 7)];
  expect(unreadBy(members, 4)).toBe(0);
  expect(unreadBy(members, 5)).toBe(1);
  expect(unreadBy(members, 7)).toBe(1); // The third one came after it.
  expect(unreadBy(members, 8)).toBe(2);
  expect(unreadBy(members, 10)).toBe(3);
  expect(unreadBy([], 1)).toBe(0);
});

it('does not count who has left or was put out', () => {
  const members = [
    member(1, 0, 9),
    { ...member(2, 0, 1), state: 'left' as const },
    { ...member(3, 0, 1), state: 'kicked' as const },
    member(4, 0, 1),
  ];
  expect(unreadBy(members, 5)).toBe(1);
});

it('adds up a crowd', () => {
  const reads = [
    { seq: 3, count: 700 },
    { seq: 9, count: 40 },
    { seq: 10, count: 260 },
  ];
  expect(unreadInCrowd(reads, 3)).toBe(0);
  expect(unreadInCrowd(reads, 4)).toBe(700);
  expect(unreadInCrowd(reads, 10)).toBe(740);
  expect(unreadInCrowd(reads, 11)).toBe(999); // Its writer has read it.
  expect(unreadInCrowd([], 1)).toBe(0);
});
