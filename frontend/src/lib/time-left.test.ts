import { expect, it } from 'vitest';
import { clock, secondsLeft } from '@/lib/time-left';

const second = 1000;
const minute = 60 * second;

it.each([
  [3 * 60 * minute, 180 * 60],
  [61 * minute + 1, 62 * 60],
  [15 * minute + 1, 16 * 60],
  [15 * minute, 15 * 60],
  [14 * minute + 59.2 * second, 15 * 60],
  [14 * minute + 59 * second, 14 * 60 + 59],
  [1, 1],
  [0, 0],
  [-minute, 0],
])('%i ms are %i seconds', (ms, seconds) => {
  expect(secondsLeft(1_000_000 + ms, 1_000_000)).toBe(seconds);
});

it('writes minutes and seconds as a clock does', () => {
  expect([clock(900), clock(247), clock(9), clock(0)]).toEqual(['15:00', '4:07', '0:09', '0:00']);
});
