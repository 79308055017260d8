import type { Locale } from '@/lib/preferences';

/** The time of day, "오후 3:12" or "3:12 PM". */
export function clockTime(at: Date, locale: Locale): string {
  if (locale === 'ko') {
    // Browsers disagree whether Korean says 오후 or PM; people do not.
    const half = at.getHours() < 12 ? '오전' : '오후';
    return `${half} ${at.getHours() % 12 || 12}:${String(at.getMinutes()).padStart(2, '0')}`;
  }
  return at.toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' });
}

/** A date as a person would say it today: no year within this one. "short" is for narrow places. */
export function calendarDay(
  at: Date,
  now: Date,
  locale: Locale,
  month: 'long' | 'short' = 'long',
): string {
  const sameYear = at.getFullYear() === now.getFullYear();
  return at.toLocaleDateString(locale, {
    month: sameYear ? month : 'numeric',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

/** For a list: the time today, "yesterday", then the day. */
export function listTime(at: Date, now: Date, locale: Locale): string {
  const days = daysBetween(at, now);
  if (days === 0) return clockTime(at, locale);
  if (days === 1) return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-1, 'day');
  return calendarDay(at, now, locale, 'short');
}

/** How long ago, in the largest unit that is not zero: "3분 전", "2 days ago", "now". */
export function timeAgo(at: Date, now: Date, locale: Locale): string {
  const seconds = Math.max(0, Math.round((now.getTime() - at.getTime()) / 1000));
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds < 60) return format.format(0, 'second');
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 86_400) return format.format(-Math.floor(seconds / 3600), 'hour');
  const days = daysBetween(at, now);
  return days < 30 ? format.format(-days, 'day') : calendarDay(at, now, locale);
}

/** Midnights between the two, in the zone of this browser; negative when `at` is later. */
export function daysBetween(at: Date, now: Date): number {
  // Noon to noon, so that a day of 23 or 25 hours counts as one.
  const noon = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate(), 12);
  return Math.round((noon(now).getTime() - noon(at).getTime()) / 86_400_000);
}
