import type { components } from '@/api/schema.gen';

export type ClientEnvelope = components['schemas']['ClientEnvelope'];
export type ServerEnvelope = components['schemas']['ServerEnvelope'];
export type Envelope<T extends ServerEnvelope['type']> = Extract<ServerEnvelope, { type: T }>;

// An object, so that a type added to the contract does not compile until it stands here.
const known: Record<ServerEnvelope['type'], true> = {
  ack: true,
  error: true,
  entered: true,
  message: true,
  enter: true,
  close: true,
  read: true,
  typing: true,
  reading: true,
  room: true,
  presence: true,
  friend: true,
  notice: true,
  me: true,
  bye: true,
};

/**
 * The envelopes of one server frame, in their order. A line of a kind that this version does not know is passed over,
 * as is one that is no JSON: a newer server may say more, and whatever was missed is caught up by rev.
 */
export function parseFrame(frame: string): ServerEnvelope[] {
  return frame.split('\n').flatMap((line) => {
    const envelope = parseLine(line);
    return isServerEnvelope(envelope) ? [envelope] : [];
  });
}

function parseLine(line: string): unknown {
  if (line.trim() === '') return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isServerEnvelope(value: unknown): value is ServerEnvelope {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return typeof value.type === 'string' && Object.hasOwn(known, value.type);
}
