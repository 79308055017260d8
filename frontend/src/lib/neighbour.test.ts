import { expect, it } from 'vitest';
import { neighbour } from '@/lib/neighbour';

it.each([
  [2, 1, 3],
  [2, -1, 1],
  [1, -1, 1],
  [3, 1, 3],
  [undefined, 1, 1],
  [undefined, -1, 3],
  [9, 1, 1],
] as const)('from %s by %i comes to %i', (from, step, to) => {
  expect(neighbour([1, 2, 3], from, step)).toBe(to);
});

it('finds nothing in an empty list', () => {
  expect(neighbour([], undefined, 1)).toBeUndefined();
});
