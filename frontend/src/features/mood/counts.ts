import type { TFunction } from 'i18next';
import type { Schema } from '@/api/client';
import { labels, type Shown } from '@/features/emotion/words';

export type Counts = Schema<'MoodCounts'>;

/** What can be counted, in the order in which it is stacked and told. */
export const countable: readonly Shown[] = [...labels, 'unclear'];

/** So many messages of one kind. */
export interface Part {
  shape: Shown;
  count: number;
}

export const nothing: Counts = { labels: [], love: 0, unclear: 0, valence: null };

/** What occurs, in the order of what can be counted. */
export function partsOf(counts: Counts): Part[] {
  return countable
    .map((shape) => ({ shape, count: countOf(counts, shape) }))
    .filter(({ count }) => count > 0);
}

export function countOf(counts: Counts, shape: Shown): number {
  if (shape === 'unclear') return counts.unclear;
  return counts.labels.find(({ label }) => label === shape)?.count ?? 0;
}

/** How many messages that are, all told. */
export function totalOf(counts: Counts): number {
  return partsOf(counts).reduce((sum, { count }) => sum + count, 0);
}

/** Several counts as one; how pleasant they were on the whole is not told. */
export function sumOf(list: readonly (Counts | null)[]): Counts {
  const known = list.filter((one) => one !== null);
  const of = (shape: Shown) => known.reduce((sum, one) => sum + countOf(one, shape), 0);
  return {
    labels: labels.map((label) => ({ label, count: of(label) })).filter(({ count }) => count > 0),
    love: known.reduce((sum, { love }) => sum + love, 0),
    unclear: of('unclear'),
    valence: null,
  };
}

/** "joy 4, hard to tell 1", for those who hear it. */
export function inWords(t: TFunction<['mood', 'emotion']>, counts: Counts): string {
  return partsOf(counts)
    .map(({ shape, count }) => t('entry', { word: t(`emotion:label.${shape}`), n: count }))
    .join(', ');
}
