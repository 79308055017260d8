import { describe, expect, it } from 'vitest';
import {
  dayNames,
  isElsewhere,
  momentName,
  tickOf,
  today,
  weekName,
} from '@/features/mood/moments';
import { aMood } from '@/testing/moods';

const seoul = 'Asia/Seoul';
const bucket = { from: '2026-11-20T15:00:00Z', to: '2026-11-21T15:00:00Z' };

describe('the moments of a mood', () => {
  it('are named by the calendar of the server', () => {
    expect(momentName(bucket, 'day', seoul, 'en')).toBe('Sat, Nov 21');
    expect(momentName(bucket, 'day', 'UTC', 'en')).toBe('Fri, Nov 20');
    expect(momentName(bucket, 'day', seoul, 'ko')).toBe('11월 21일 (토)');
    expect(momentName(bucket, 'hour', seoul, 'en')).toMatch(/^Sat 12\sAM$/);
    expect(momentName(bucket, 'hour', seoul, 'ko')).toMatch(/^토 0?0시$/);
    const week = { from: '2026-11-15T15:00:00Z', to: '2026-11-22T15:00:00Z' };
    expect(momentName(week, 'week', seoul, 'en')).toMatch(/^Nov 16\s–\s22$/);
    expect(weekName(week.from, week.to, seoul, 'en')).toMatch(/^November 16\s–\s22, 2026$/);
  });

  it('have so few ticks that they fit, always one for the present', () => {
    const ticks = (n: number, unit: 'hour' | 'day' | 'week') => {
      const { buckets } = aMood(Array<null>(n).fill(null));
      return buckets.map((_, i) => tickOf(buckets, i, unit, seoul, 'en'));
    };
    expect(ticks(7, 'day').join(' ')).toBe('Sun Mon Tue Wed Thu Fri Sat');
    expect(ticks(30, 'day').filter(Boolean)).toHaveLength(5);
    expect(ticks(30, 'day').at(-1)).toBe('Nov 21');
    expect(ticks(24, 'hour').filter(Boolean)).toHaveLength(4);
    expect(ticks(13, 'week').filter(Boolean)).toHaveLength(4);
  });

  it('of a week are days of no zone', () => {
    expect(dayNames('2026-11-16', 'en')).toEqual({ name: 'Mon, Nov 16', tick: 'Mon' });
    expect(today(seoul, new Date('2026-11-21T15:30:00Z'))).toBe('2026-11-22');
  });

  it('tell when clocks elsewhere show another time', () => {
    const now = new Date('2026-11-21T06:00:00Z');
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    expect(isElsewhere(here, now)).toBe(false);
    expect(isElsewhere(here === 'Pacific/Apia' ? seoul : 'Pacific/Apia', now)).toBe(true);
  });
});
