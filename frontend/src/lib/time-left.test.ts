import { expect, it } from 'vitest';
import { secondsLeft, timeLeftText } from '@/lib/time-left';

const until = Date.parse('2026-11-21T09:00:00.500Z');

it.each([
  ['2026-11-21T06:00:00.500Z', 10_800],
  ['2026-11-21T06:45:30Z', 8040], // 2 h 14 min 30 s: the half minute does not count yet
  ['2026-11-21T08:00:00.500Z', 3600],
  ['2026-11-21T08:00:00.600Z', 3599], // from here on every second does
  ['2026-11-21T08:59:59.600Z', 0],
  ['2026-11-21T10:00:00Z', 0],
])('counts what is left at %s', (now, seconds) => {
  expect(secondsLeft(until, Date.parse(now))).toBe(seconds);
});

it.each([
  [8040, '2시간 14분', '2 h 14 min'],
  [7200, '2시간', '2 h'],
  [3599, '59:59', '59:59'],
  [65, '1:05', '1:05'],
  [0, '0:00', '0:00'],
])('writes %i seconds', (seconds, ko, en) => {
  expect(timeLeftText(seconds, 'ko')).toBe(ko);
  expect(timeLeftText(seconds, 'en')).toBe(en);
});
