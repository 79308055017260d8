import type { Schema } from '@/api/client';
import { dayNames } from '@/features/admin/moments';
import type { Locale } from '@/lib/preferences';
import type { Stretch } from '@/ui/chart/bar-chart';

/** A day's numbers, as a stretch of a chart. */
export type Day = Schema<'DayStats'> & Stretch;

/** What makes readings, in the order in which they are stacked and told. */
export const engines = [
  'embedded',
  'openai',
  'author',
] as const satisfies readonly Schema<'Engine'>[];

/** Names the days; so few ticks stand under them that they have room. */
export function daysOf(days: readonly Schema<'DayStats'>[], locale: Locale): Day[] {
  const few = days.length <= 7;
  const each = days.length <= 30 ? 7 : 21;
  return days.map((day, i) => {
    const [name, tick] = dayNames(day.day, locale, few);
    const ticked = few || (days.length - 1 - i) % each === 0;
    return { ...day, key: day.day, name, tick: ticked ? tick : undefined };
  });
}

/** How many readings one engine made. */
export function readingsBy({ readings }: Schema<'DayStats'>, engine: Schema<'Engine'>): number {
  return readings.find((one) => one.engine === engine)?.readings ?? 0;
}

/** Those that made any. */
export function enginesOf(day: Schema<'DayStats'>): Schema<'Engine'>[] {
  return engines.filter((engine) => readingsBy(day, engine) > 0);
}

/** Where the scale of costs ends: 1, 2 or 5 of some power of ten. */
export function topOfCost(most: number): number {
  if (most <= 0) return 1;
  const ten = 10 ** Math.floor(Math.log10(most));
  return ten * ([1, 2, 5, 10].find((step) => step * ten >= most) ?? 10);
}

/** An amount of the operator's currency; small ones keep two figures. */
export function costText(cost: number, locale: Locale): string {
  const small = cost > 0 && cost < 1;
  return new Intl.NumberFormat(
    locale,
    small ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 2 },
  ).format(cost);
}
