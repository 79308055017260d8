import type { Route } from '@playwright/test';
import type { components } from '../src/api/schema.gen';
import type { Handlers } from './fake-places';
import { liveWorld, type World } from './fake-server';

type Schemas = components['schemas'];
type Reading = Schemas['Reading'];

const now = Date.parse('2026-11-21T06:12:00Z');

const scoresOf = (label: Reading['label'], confidence: number): Schemas['Score'][] => {
  const other = label === 'sadness' ? 'fear' : 'sadness';
  const rest = 1 - confidence;
  return [
    { label, score: confidence },
    { label: other, score: rest * 0.7 },
    { label: label === 'neutral' ? 'joy' : 'neutral', score: rest * 0.25 },
  ];
};

function read(
  label: Reading['label'],
  confidence: number,
  sentence: string,
  change: Partial<Reading> = {},
): Reading {
  return {
    ...{ label, confidence, sentence, love: false, intensity: 0.5, valence: 0 },
    ...{ unclear: false, labels: [label], fine: [], scores: scoresOf(label, confidence) },
    ...{ evidence: [], engine: 'embedded', version: '2026-11-c4' },
    ...change,
  };
}

const said: Partial<Reading> = { engine: 'author', version: '', scores: [], love: true };

const rows: [sender: number, body: string, reading: Reading | null][] = [
  [2, '오늘 발표 도와줘서 정말 고마워!', thanks()],
  [1, '별말을. 나는 시험을 망쳐서 좀 그래', read('sadness', 0.74, '실망한 마음이 담긴 듯해요.')],
  [2, '그 교수님은 진짜 너무하더라', read('anger', 0.93, '언짢은 마음이 담긴 듯해요.')],
  [2, 'The results come tomorrow…', read('fear', 0.56, '초조한 마음이 담긴 듯해요.')],
  [2, '우유가 상했어 으', read('disgust', 0.81, '싫은 마음이 담긴 듯해요.')],
  [1, '이리 와, 꼭 안아 줄게', read('joy', 1, '쓴 사람의 말: 사랑하는 마음이에요.', said)],
  [2, 'Wait, you can bake?!', read('surprise', 0.88, '놀란 마음이 담긴 듯해요.')],
  [2, '세 시에 도서관 앞에서 봐', read('neutral', 0.83, '담담하게 들려요.')],
  [
    1,
    '뭐, 그럭저럭.',
    read('sadness', 0.34, '이 말만으로는 알기 어려워요.', {
      ...{ unclear: true, labels: [] },
      scores: [
        { label: 'sadness', score: 0.34 },
        { label: 'neutral', score: 0.31 },
        { label: 'anger', score: 0.18 },
      ],
    }),
  ],
];

function thanks(): Reading {
  const evidence = [
    { start: 11, end: 13 },
    { start: 14, end: 17 },
  ];
  return read('joy', 0.91, '고마운 마음이 담긴 듯해요.', { evidence, fine: ['gratitude'] });
}

const messages = rows.map(([sender, body, reading], i): Schemas['Message'] => ({
  ...{ seq: i + 1, rev: i + 1, kind: 'text', sender, body, reading },
  clientId: `0f8fad5b-d9cb-469f-a165-${String(i + 1).padStart(12, '0')}`,
  ...{ line: null, replyTo: null, editedAt: null, deletedAt: null, reactions: [] },
  sentAt: new Date(now - (rows.length - i) * 240_000).toISOString(),
}));

const member = (id: number, nickname: string): Schemas['Member'] => ({
  user: { id, nickname },
  ...{ state: 'joined', joinedAt: '2026-10-01T00:00:00Z', joinedSeq: 0, online: true },
  lastReadSeq: rows.length,
});

/** Two who talk, with every kind of reading; the room as it stands after this change. */
export function readingWorld(
  change: Partial<Schemas['Room']> = {},
  mode: Schemas['EmotionMode'] = { mode: 'embedded', model: '2026-11-c4', host: null },
): { world: () => World; override: Handlers } {
  const json = (body: unknown) => (route: Route) => route.fulfill({ json: body });
  const last = rows.length;
  const [old, ...others] = liveWorld().rooms;
  const room = old && {
    ...{ ...old, lastSeq: last, lastRev: last, lastReadSeq: last, unread: 0 },
    lastMessage: messages.at(-1) ?? null,
    ...change,
  };
  return {
    world: () => ({ ...liveWorld(), rooms: room ? [room, ...others] : others }),
    override: {
      '/emotion': json(mode),
      '/emotion/preview': json({ reading: rows[2]?.[2], tense: false }),
      '/rooms/11': json(room),
      '/rooms/11/members': json({ items: [member(1, '한지호'), member(2, '김민지')] }),
      '/rooms/11/messages': json({
        ...{ epoch: 'e', items: messages, lastSeq: last, lastRev: last, hasMore: false },
      }),
    },
  };
}

/** The same, and what is being written seems tense. */
export function tenseWorld(): ReturnType<typeof readingWorld> {
  const { world, override } = readingWorld();
  const preview = { reading: rows[2]?.[2], tense: true };
  return {
    world,
    override: { ...override, '/emotion/preview': (route) => route.fulfill({ json: preview }) },
  };
}
