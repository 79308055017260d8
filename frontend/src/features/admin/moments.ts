import { calendarDay, clockTime } from '@/lib/moment';
import type { Locale } from '@/lib/preferences';

/** A day and a time, "Nov 22, 2:03 PM". */
export function dayAndTime(at: string, locale: Locale): string {
  const date = new Date(at);
  return `${calendarDay(date, new Date(), locale, 'short')} ${clockTime(date, locale)}`;
}

/** A time as a field of the browser takes it, in the zone of this browser: "2026-11-22T14:03". */
export function fieldTime(at: string): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment that a field of the browser names; undefined for what is none. */
export function momentOf(field: string): string | undefined {
  const at = new Date(field);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** A day without a time: its name, and what stands under it in a chart. */
export function dayNames(day: string, locale: Locale, few: boolean): [name: string, tick: string] {
  const at = new Date(`${day}T00:00:00Z`);
  const format = (shape: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...shape, timeZone: 'UTC' }).format(at);
  return [
    format({ month: 'short', day: 'numeric', weekday: 'short' }),
    format(few ? { weekday: 'short' } : { month: 'short', day: 'numeric' }),
  ];
}
