import type { Schema } from '@/api/client';
import type { Locale } from '@/lib/preferences';

/** What stores sell, the commonest first. */
export const categories = [
  'korean',
  'chicken',
  'pizza',
  'snack',
  'chinese',
  'japanese',
  'western',
  'jokbal',
  'late_night',
  'single_serving',
  'cafe',
  'franchise',
  'convenience',
] as const satisfies readonly Schema<'StoreCategory'>[];

/** A way on foot as people say it: "320m" or "320 m", from a kilometre on "1.2km". */
export function distanceText(metres: number, locale: Locale): string {
  const gap = locale === 'ko' ? '' : ' ';
  if (metres < 1000) return `${Math.max(10, Math.round(metres / 10) * 10)}${gap}m`;
  return `${(metres / 1000).toFixed(1)}${gap}km`;
}
