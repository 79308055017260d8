import type { Schema } from '@/api/client';

/** Who is signed in, unless a test says otherwise. */
export function aUser(change: Partial<Schema<'User'>> = {}): Schema<'User'> {
  return {
    id: 1,
    email: 'jiho@example.org',
    emailVerified: true,
    nickname: 'Jiho',
    role: 'user',
    locale: 'en',
    shareReadings: 'everyone',
    showReadings: true,
    calibrateReadings: false,
    createdAt: '2026-09-01T00:00:00Z',
    ...change,
  };
}

export function tokensOf(user: Schema<'User'>, accessToken = 'access'): Schema<'Tokens'> {
  return { accessToken, expiresIn: 900, user };
}

export function aFriend(
  id: number,
  nickname: string,
  change: Partial<Schema<'Friend'>> = {},
): Schema<'Friend'> {
  return {
    user: { id, nickname },
    state: 'accepted',
    since: '2026-10-01T00:00:00Z',
    online: false,
    ...change,
  };
}

export function aMessage(
  seq: number,
  sender: number,
  body: string,
  change: Partial<Schema<'Message'>> = {},
): Schema<'Message'> {
  return {
    seq,
    rev: seq,
    kind: 'text',
    sender,
    clientId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    body,
    line: null,
    replyTo: null,
    sentAt: '2026-11-20T08:00:00Z',
    editedAt: null,
    deletedAt: null,
    reactions: [],
    reading: null,
    ...change,
  };
}

/** The direct room with this person. */
export function aRoom(
  id: number,
  peer: Schema<'UserSummary'>,
  change: Partial<Schema<'Room'>> = {},
): Schema<'Room'> {
  return {
    id,
    kind: 'direct',
    state: 'open',
    title: null,
    peer,
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
    createdAt: '2026-10-01T00:00:00Z',
    ...change,
  };
}
