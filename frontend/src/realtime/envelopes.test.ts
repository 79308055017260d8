import { expect, it } from 'vitest';
import { parseFrame } from '@/realtime/envelopes';

const typing = { type: 'typing', room: 1, user: 2 } as const;
const presence = { type: 'presence', user: 2, online: true } as const;

it('takes several envelopes out of one frame, in their order', () => {
  expect(parseFrame(`${JSON.stringify(typing)}\n${JSON.stringify(presence)}\n`)).toEqual([
    typing,
    presence,
  ]);
});

it('passes over what it does not know and keeps the rest', () => {
  const frame = [
    '{"type":"sparkle"}',
    '{oops',
    '[]',
    'null',
    '{"type":7}',
    '',
    JSON.stringify(typing),
  ];
  expect(parseFrame(frame.join('\n'))).toEqual([typing]);
});

it('does not take names that every object has for envelope types', () => {
  expect(parseFrame('{"type":"toString"}\n{"type":"constructor"}')).toEqual([]);
});
