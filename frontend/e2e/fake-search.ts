import type { components } from '../src/api/schema.gen';
import type { Shot } from './shot';

type Match = components['schemas']['MessageMatch'];

const word = '괜찮';
const reading = {
  confidence: 0.82,
  intensity: 0.4,
  valence: 0.5,
  love: false,
  unclear: false,
  labels: [],
  fine: [],
  scores: [],
  evidence: [],
  sentence: '',
  engine: 'embedded' as const,
  version: '1',
};

/** A message that says it, with the word marked wherever it stands. */
function match(
  room: number,
  seq: number,
  sender: number,
  sentAt: string,
  body: string,
  label?: 'joy' | 'sadness' | 'neutral',
): Match {
  const marks = [...body.matchAll(new RegExp(word, 'g'))].map(({ index }) => {
    const start = Array.from(body.slice(0, index)).length;
    return { start, end: start + word.length };
  });
  const clientId = `0f8fad5b-d9cb-469f-a165-${String(seq).padStart(12, '0')}`;
  const rest = { line: null, replyTo: null, editedAt: null, deletedAt: null, reactions: [] };
  return {
    room,
    marks,
    message: {
      ...{ seq, rev: seq, kind: 'text', sender, clientId, sentAt, body, ...rest },
      reading: label ? { ...reading, label } : null,
    },
  };
}

const long =
  '어제 말한 그 집 있잖아, 처음에는 줄이 너무 길어서 그냥 갈까 했는데 기다린 보람이 있었어. 국물도 맑고 면도 쫄깃해서 정말 괜찮더라! 다음에 꼭 같이 가자 😋';
const items = [
  match(11, 42, 2, '2026-11-21T06:10:00Z', '뭐, 그럭저럭. 괜찮아.', 'neutral'),
  match(13, 301, 4, '2026-11-21T02:31:00Z', long, 'joy'),
  match(11, 31, 1, '2026-11-20T09:12:00Z', '너 정말 괜찮아? 아까 표정이 안 좋던데', 'sadness'),
  match(14, 5, 6, '2026-11-12T03:00:00Z', 'My Korean is 괜찮아요, I think :)'),
  match(12, 12, 1, '2025-12-30T03:00:00Z', '괜찮아 괜찮아\n천천히 와'),
];

/** Answers every search with the same messages, or those of one room. */
export function foundIn(room?: number): NonNullable<Shot['override']> {
  const mine = items.filter((item) => room === undefined || item.room === room);
  return { '/search/messages': (route) => route.fulfill({ json: { items: mine } }) };
}
