import { expect, it } from 'vitest';
import { topOf } from '@/ui/chart/scale';

it.each([
  [0, 2],
  [1, 2],
  [3, 4],
  [19, 20],
  [21, 30],
  [41, 50],
  [61, 80],
  [101, 200],
  [1001, 2000],
])('%i at most stands under a scale up to %i', (most, top) => {
  expect(topOf(most)).toBe(top);
});
