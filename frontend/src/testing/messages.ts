import type { Schema } from '@/api/client';

type Message = Schema<'Message'>;

/** The history that the server of a test has, unless it says otherwise. */
export const EPOCH = '00c0ffee';

/** A message of the contract, one minute after the other by seq. */
export function aMessage(seq: number, change: Partial<Message> = {}): Message {
  return {
    seq,
    rev: seq,
    kind: 'text',
    sender: 2,
    clientId: `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
    body: `message ${seq}`,
    line: null,
    replyTo: null,
    sentAt: new Date(Date.UTC(2026, 10, 21, 3, seq)).toISOString(),
    editedAt: null,
    deletedAt: null,
    reactions: [],
    reading: null,
    ...change,
  };
}

export function aPage(
  items: Message[],
  change: Partial<Schema<'MessagePage'>> = {},
): Schema<'MessagePage'> {
  const last = Math.max(0, ...items.map(({ seq }) => seq));
  const lastRev = Math.max(0, ...items.map(({ rev }) => rev));
  return { epoch: EPOCH, items, lastSeq: last, lastRev, hasMore: false, ...change };
}

export function aReading(change: Partial<Schema<'Reading'>> = {}): Schema<'Reading'> {
  return {
    label: 'joy',
    love: false,
    confidence: 0.8,
    intensity: 0.5,
    valence: 0.7,
    unclear: false,
    labels: ['joy'],
    fine: ['gratitude'],
    scores: [
      { label: 'joy', score: 0.8 },
      { label: 'surprise', score: 0.15 },
      { label: 'neutral', score: 0.05 },
    ],
    evidence: [],
    sentence: 'This seems to come from gratitude.',
    engine: 'embedded',
    version: '1',
    ...change,
  };
}

/** The direct room of user 1 with user 2, whose name is Ben. */
export function aRoom(change: Partial<Schema<'Room'>> = {}): Schema<'Room'> {
  return {
    id: 7,
    kind: 'direct',
    state: 'open',
    title: null,
    peer: { id: 2, nickname: 'Ben' },
    host: null,
    capacity: null,
    memberCount: 2,
    hasPassword: false,
    version: 0,
    phase: null,
    pickup: null,
    closesAt: null,
    extensions: 0,
    readings: 'on',
    readingsNotice: false,
    readingsRev: 0,
    lastSeq: 0,
    lastRev: 0,
    lastReadSeq: 0,
    unread: 0,
    lastMessage: null,
    createdAt: '2026-11-20T00:00:00Z',
    ...change,
  };
}

/** What the server wrote into the history. */
export function aLine(seq: number, line: Schema<'Line'>, change: Partial<Message> = {}): Message {
  return aMessage(seq, { kind: 'system', body: '', line, ...change });
}

/** The group room of Minji (1), who leads it, Ben (2) and Cho (3). */
export function aGroup(change: Partial<Schema<'Room'>> = {}): Schema<'Room'> {
  return aRoom({
    kind: 'group',
    title: 'Late snack',
    peer: null,
    host: 1,
    capacity: 6,
    memberCount: 3,
    version: 4,
    ...change,
  });
}

/** The group room as a pickup room that has two hours to go. */
export function aPickupRoom(change: Partial<Schema<'Room'>> = {}): Schema<'Room'> {
  return aGroup({
    phase: 'CREATED',
    pickup: {
      store: { id: 5, name: 'Moonlight Kitchen', category: 'korean' },
      box: { id: 9, name: 'Box 9', zip: '06236', address: '12 Garden Way', lat: 37.5, lng: 127 },
    },
    closesAt: new Date(Date.now() + 2 * 3_600_000 + 5000).toISOString(),
    ...change,
  });
}

const nicknames = ['Minji', 'Ben', 'Cho', 'Dana', 'Eun'];

export function aMember(id: number, lastReadSeq: number): Schema<'Member'> {
  const nickname = nicknames[id - 1] ?? `User ${id}`;
  return {
    user: { id, nickname },
    state: 'joined',
    joinedAt: '2026-11-20T00:00:00Z',
    joinedSeq: 0,
    lastReadSeq,
    online: true,
  };
}
