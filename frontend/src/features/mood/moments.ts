import type { Schema } from '@/api/client';
import type { Locale } from '@/lib/preferences';

type Unit = Schema<'MoodUnit'>;
type Shape = Intl.DateTimeFormatOptions;

const day: Shape = { month: 'short', day: 'numeric' };
const named: Shape = { ...day, weekday: 'short' };
/** Korean clocks of 24 hours need no 오전, which browsers do not all know. */
const hour = (locale: Locale): Shape => ({
  hour: 'numeric',
  hourCycle: locale === 'ko' ? 'h23' : 'h12',
});

/** What one bucket of a mood is called, in the calendar of the server. */
export function momentName(
  { from, to }: Pick<Schema<'MoodBucket'>, 'from' | 'to'>,
  unit: Unit,
  timeZone: string,
  locale: Locale,
): string {
  const format = (shape: Shape) => new Intl.DateTimeFormat(locale, { ...shape, timeZone });
  const at = new Date(from);
  if (unit === 'week') return format(day).formatRange(at, new Date(Date.parse(to) - 1));
  if (unit === 'day') return format(named).format(at);
  return `${format({ weekday: 'short' }).format(at)} ${format(hour(locale)).format(at)}`;
}

/** What stands under some of the buckets, so few that they have room; the last one has the present in it. */
export function tickOf(
  buckets: readonly Pick<Schema<'MoodBucket'>, 'from'>[],
  index: number,
  unit: Unit,
  timeZone: string,
  locale: Locale,
): string | undefined {
  const bucket = buckets[index];
  if (!bucket) return undefined;
  const format = (shape: Shape) =>
    new Intl.DateTimeFormat(locale, { ...shape, timeZone }).format(new Date(bucket.from));
  const fromEnd = buckets.length - 1 - index;
  if (unit === 'hour') return fromEnd % 6 === 0 ? format(hour(locale)) : undefined;
  if (unit === 'day' && buckets.length <= 7) return format({ weekday: 'short' });
  return fromEnd % (unit === 'day' ? 7 : 4) === 0 ? format(day) : undefined;
}

/** A day of a reflection, which has no time: the long name, and the short one. */
export function dayNames(date: string, locale: Locale): { name: string; tick: string } {
  const at = new Date(`${date}T00:00:00Z`);
  const format = (shape: Shape) =>
    new Intl.DateTimeFormat(locale, { ...shape, timeZone: 'UTC' }).format(at);
  return { name: format(named), tick: format({ weekday: 'short' }) };
}

/** "November 16 – 22, 2026" */
export function weekName(from: string, to: string, timeZone: string, locale: Locale): string {
  return new Intl.DateTimeFormat(locale, {
    ...{ year: 'numeric', month: 'long', day: 'numeric' },
    timeZone,
  }).formatRange(new Date(from), new Date(Date.parse(to) - 1));
}

/** The day that it is now in a time zone, "2026-11-21". */
export function today(timeZone: string, now: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(now);
}

/** Whether clocks here show another time than those of the server. */
export function isElsewhere(timeZone: string, now: Date): boolean {
  const clock = (zone?: string) =>
    new Intl.DateTimeFormat('en', {
      dateStyle: 'short',
      timeStyle: 'short',
      timeZone: zone,
    }).format(now);
  return clock(timeZone) !== clock();
}
