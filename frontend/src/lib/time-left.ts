import type { Locale } from '@/lib/preferences';

const HOUR = 3600;

/** The seconds until a time, never below 0. Beyond an hour only the whole minutes of them, because nobody needs more. */
export function secondsLeft(until: number, now: number): number {
  const seconds = Math.max(0, Math.floor((until - now) / 1000));
  return seconds < HOUR ? seconds : seconds - (seconds % 60);
}

/** Seconds as a clock that runs down: "2시간 5분" or "2 h 5 min", below an hour "43:05". */
export function timeLeftText(seconds: number, locale: Locale): string {
  const minutes = Math.floor(seconds / 60);
  if (seconds < HOUR) return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (locale === 'ko') return rest === 0 ? `${hours}시간` : `${hours}시간 ${rest}분`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
