import { describe, expect, it } from 'vitest';
import { isWeek, numberOf, weekAfter } from '@/lib/week';

describe('a week by its number', () => {
  it.each([
    ['2026-W47', 1, '2026-W48'],
    ['2026-W47', -1, '2026-W46'],
    ['2026-W53', 1, '2027-W01'], // 2026 has 53 weeks, 2025 and 2027 have 52.
    ['2027-W01', -1, '2026-W53'],
    ['2026-W01', -1, '2025-W52'],
    ['2025-W52', 1, '2026-W01'],
    ['2024-W52', 1, '2025-W01'],
    ['2026-W10', -60, '2025-W02'],
  ])('%s and %i more is %s', (week, by, then) => {
    expect(weekAfter(week, by)).toBe(then);
  });

  it('is told from other words', () => {
    expect(isWeek('2026-W47')).toBe(true);
    for (const other of ['2026-47', 'W47', '2026-W4', '2026-W471', 7, undefined]) {
      expect(isWeek(other), String(other)).toBe(false);
    }
    expect(numberOf('2026-W05')).toBe(5);
  });
});
