import type { Route } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import type { Handlers } from './fake-places';
import { liveWorld } from './fake-server';

type Schemas = components['schemas'];
type Counts = Schemas['MoodCounts'];

const hour = 3_600_000;
const labels = ['anger', 'disgust', 'fear', 'joy', 'sadness', 'surprise', 'neutral'] as const;

/** Counts of each label, and of what is unclear. */
function counts(of: readonly number[], love = 0): Counts {
  const [unclear = 0] = of.slice(labels.length);
  return {
    labels: labels
      .map((label, i) => ({ label, count: of[i] ?? 0 }))
      .filter(({ count }) => count > 0),
    ...{ love, unclear, valence: 0.2 },
  };
}

/** As many buckets as there are counts, up to Saturday in Seoul; zero is a gap. */
function mood(
  unit: Schemas['MoodUnit'],
  list: readonly (readonly number[] | 0)[],
  leastPeople = 1,
): Schemas['Mood'] {
  const size = { hour, day: 24 * hour, week: 168 * hour }[unit];
  const end = Date.parse(unit === 'hour' ? '2026-11-21T07:00:00Z' : '2026-11-21T15:00:00Z');
  return {
    ...{ unit, timeZone: 'Asia/Seoul', leastPeople },
    buckets: list.map((one, i) => ({
      from: new Date(end - (list.length - i) * size).toISOString(),
      to: new Date(end - (list.length - i - 1) * size).toISOString(),
      counts: one === 0 ? null : counts(one, 1),
    })),
  };
}

const week = [
  [1, 0, 2, 6, 3, 1, 5, 1],
  [0, 0, 1, 9, 0, 2, 4, 0],
  0,
  [4, 1, 0, 2, 6, 0, 3, 2],
  0,
  [0, 0, 3, 5, 2, 2, 8, 1],
  [2, 2, 2, 4, 2, 2, 2, 2],
] as const;
const month = Array.from({ length: 30 }, (_, i) =>
  i % 5 === 3 || i < 4 ? (0 as const) : ([i % 4, 0, i % 3, 3 + (i % 7), i % 5, 1, 6, 1] as const),
);

/** How two have felt this week, and the people of a group in a month; nobody said anything today. */
export const moods: Handlers = {
  '/rooms/11': json(liveWorld().rooms[0]),
  '/rooms/11/mood': (route) => {
    const days = new URL(route.request().url()).searchParams.get('days');
    return json(days === '1' ? mood('hour', Array<0>(24).fill(0)) : mood('day', week))(route);
  },
  '/rooms/21/mood': json(mood('day', month, 3)),
};

/** What was missed in the group, which a remote service has put in a sentence as well. */
export const missed: Handlers = {
  '/rooms/21/digest': json({
    ...{ unread: 12, from: 6, to: 21 },
    groups: [
      { label: 'joy', count: 5, seqs: [17, 11, 6] },
      { label: 'neutral', count: 3, seqs: [21] },
      { label: 'surprise', count: 1, seqs: [8] },
    ],
    ...{ unclear: 2, without: 1 },
    sentence: [
      { text: '떡볶이를 함께 시키자는 말에 다들 반가워해요.', seqs: [6, 8] },
      { text: '주문은 들어갔어요.', seqs: [21] },
    ],
  } satisfies Schemas['Digest']),
};

/** A week of mine that is not over yet; one in which nothing was said has no counts. */
export function reflection(said = true): Handlers {
  const days = week.map((of, i) => ({
    date: `2026-11-${16 + i}`,
    messages: !said ? 0 : of === 0 ? ([0, 3][i % 2] ?? 0) : of.reduce<number>((a, b) => a + b, 0),
    counts: counts(said && of !== 0 && i < 6 ? of : []),
  }));
  const all = days.slice(0, 6);
  const sum = labels.map((label) =>
    all.reduce(
      (n, day) => n + (day.counts.labels.find((one) => one.label === label)?.count ?? 0),
      0,
    ),
  );
  const unclear = all.reduce((n, day) => n + day.counts.unclear, 0);
  const answer: Schemas['Reflection'] = {
    ...{ week: '2026-W47', timeZone: 'Asia/Seoul', days: [] },
    ...{ from: '2026-11-15T15:00:00Z', to: '2026-11-22T15:00:00Z' },
    messages: all.reduce((n, day) => n + day.messages, 0),
    counts: { ...counts([...sum, unclear], said ? 3 : 0) },
    corrected: said ? 2 : 0,
  };
  const last = { date: '2026-11-22', messages: 0, counts: counts([]) };
  return { '/users/me/reflection': json({ ...answer, days: [...all, last] }) };
}

function json(body: unknown) {
  return (route: Route) => route.fulfill({ json: body });
}
