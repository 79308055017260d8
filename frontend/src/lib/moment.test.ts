import { describe, expect, it } from 'vitest';
import { calendarDay, clockTime, daysBetween, listTime, timeAgo } from '@/lib/moment';

const now = new Date(2026, 10, 21, 15, 12);

describe('listTime', () => {
  it('shows the time of today', () => {
    expect(listTime(new Date(2026, 10, 21, 9, 5), now, 'ko')).toBe('오전 9:05');
    expect(listTime(new Date(2026, 10, 21, 9, 5), now, 'en')).toMatch(/^9:05\sAM$/);
  });

  it('says yesterday across midnight, however few hours ago', () => {
    const early = new Date(2026, 10, 21, 0, 10);
    expect(listTime(new Date(2026, 10, 20, 23, 50), early, 'ko')).toBe('어제');
    expect(listTime(new Date(2026, 10, 20, 23, 50), early, 'en')).toBe('yesterday');
  });

  it('names the day before that, with the year when it is another one', () => {
    expect(listTime(new Date(2026, 10, 3), now, 'ko')).toBe('11월 3일');
    expect(listTime(new Date(2026, 10, 3), now, 'en')).toBe('Nov 3');
    expect(calendarDay(new Date(2025, 10, 3), now, 'ko')).toBe('2025. 11. 3.');
    expect(calendarDay(new Date(2026, 10, 3), now, 'en')).toBe('November 3');
  });
});

describe('timeAgo', () => {
  it.each([
    [20, '지금', 'now'],
    [3 * 60, '3분 전', '3 minutes ago'],
    [5 * 3600, '5시간 전', '5 hours ago'],
    [24 * 3600, '어제', 'yesterday'],
  ])('of %i seconds', (seconds, ko, en) => {
    const at = new Date(now.getTime() - seconds * 1000);
    expect(timeAgo(at, now, 'ko')).toBe(ko);
    expect(timeAgo(at, now, 'en')).toBe(en);
  });

  it('never says that something lies in the future', () => {
    expect(timeAgo(new Date(now.getTime() + 5000), now, 'en')).toBe('now');
  });
});

it('counts midnights, not hours', () => {
  expect(daysBetween(new Date(2026, 10, 20, 23, 59), new Date(2026, 10, 21, 0, 1))).toBe(1);
  expect(daysBetween(now, now)).toBe(0);
});

it('tells the time in both languages', () => {
  expect(clockTime(now, 'ko')).toBe('오후 3:12');
  expect(clockTime(now, 'en')).toMatch(/^3:12\sPM$/);
});
