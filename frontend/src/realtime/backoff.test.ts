import { expect, it } from 'vitest';
import { afterSeconds, backoff } from '@/realtime/backoff';

it('doubles its bound up to ten seconds and uses all of the range', () => {
  expect([0, 1, 2, 3].map((attempt) => backoff(attempt, () => 1))).toEqual([500, 1000, 2000, 4000]);
  expect(backoff(50, () => 1)).toBe(10_000);
  expect(backoff(50, () => 0)).toBe(0);
});

it('never comes back before the time the server named', () => {
  expect(afterSeconds(5, () => 0)).toBe(5000);
  expect(afterSeconds(5, () => 1)).toBe(10_000);
  expect(afterSeconds(0, () => 1)).toBe(1000);
});
