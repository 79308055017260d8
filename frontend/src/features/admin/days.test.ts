import { describe, expect, it } from 'vitest';
import { costText, daysOf, topOfCost } from '@/features/admin/days';
import { someStats } from '@/testing/admin';

describe('days', () => {
  it.each([
    [7, 7, 'Sat'],
    [30, 5, 'Nov 21'],
    [90, 5, 'Nov 21'],
  ] as const)('%i of them have %i names under them, the last one always', (many, ticks, last) => {
    const days = daysOf(someStats(many).days, 'en');
    expect(days.filter(({ tick }) => tick)).toHaveLength(ticks);
    expect(days.at(-1)).toMatchObject({ name: 'Sat, Nov 21', tick: last });
  });
});

describe('costs', () => {
  it.each([
    [0, 1],
    [0.012, 0.02],
    [0.38, 0.5],
    [1, 1],
    [61, 100],
  ])('of %f at most stand under a scale up to %f', (most, top) => {
    expect(topOfCost(most)).toBeCloseTo(top, 10);
  });

  it.each([
    [0, '0'],
    [0.001234, '0.0012'],
    [12.3456, '12.35'],
  ])('of %f are told as %s', (cost, text) => {
    expect(costText(cost, 'en')).toBe(text);
  });
});
