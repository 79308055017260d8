import type { Schema } from '@/api/client';
import { labels } from '@/features/emotion/words';

type Counts = Schema<'MoodCounts'>;
type Labels = Partial<Record<Schema<'Label'>, number>>;

/** So many messages of each label. */
export function someCounts(of: Labels, change: Partial<Counts> = {}): Counts {
  return {
    labels: labels
      .map((label) => ({ label, count: of[label] ?? 0 }))
      .filter(({ count }) => count > 0),
    ...{ love: 0, unclear: 0, valence: null },
    ...change,
  };
}

/** Days of a room up to Saturday, 21 November 2026, in Seoul. */
export function aMood(
  list: readonly (Counts | null)[],
  change: Partial<Schema<'Mood'>> = {},
): Schema<'Mood'> {
  const end = Date.parse('2026-11-21T15:00:00Z');
  const day = (fromEnd: number) => new Date(end - fromEnd * 86_400_000).toISOString();
  return {
    ...{ unit: 'day', timeZone: 'Asia/Seoul', leastPeople: 1 },
    buckets: list.map((counts, i) => ({
      from: day(list.length - i),
      to: day(list.length - i - 1),
      counts,
    })),
    ...change,
  };
}

export function aDigest(change: Partial<Schema<'Digest'>> = {}): Schema<'Digest'> {
  return {
    ...{ unread: 12, from: 9, to: 20, unclear: 0, without: 0, sentence: null },
    groups: [],
    ...change,
  };
}

/** The week of 16 November 2026, in which there were messages on Monday and, unread, on Tuesday. */
export function aReflection(change: Partial<Schema<'Reflection'>> = {}): Schema<'Reflection'> {
  const counts = someCounts({ joy: 3, sadness: 1 }, { love: 2, unclear: 1 });
  const messages = [5, 2, 0, 0, 0, 0, 0];
  return {
    ...{ week: '2026-W47', timeZone: 'Asia/Seoul', corrected: 1, messages: 7, counts },
    ...{ from: '2026-11-15T15:00:00Z', to: '2026-11-22T15:00:00Z' },
    days: messages.map((sent, i) => ({
      date: `2026-11-${16 + i}`,
      messages: sent,
      counts: i === 0 ? counts : someCounts({}),
    })),
    ...change,
  };
}
