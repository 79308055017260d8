import { expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';

it('says more than the status where the code is known', () => {
  expect(problemText(new Problem(409, 'room.full', ''))).toBe('Every seat in this room is taken.');
  expect(problemText(new Problem(412, 'room.version', ''))).toMatch(/changed.*still here/);
  expect(problemText(new Problem(404, 'member.not_found', ''))).toMatch(/not in the room/);
  expect(problemText(new Problem(409, 'message.deleted', ''))).toBe(
    'This message has been deleted.',
  );
});

it('falls back to the kind of problem, and never shows what the server wrote', () => {
  const later = new Problem(409, 'room.of_tomorrow', 'internal words');
  expect(problemText(later)).toBe('Something changed in the meantime. Please look again.');
  expect(problemText(new Problem(429, 'request.too_many', '', undefined, 40))).toMatch(
    /40 seconds/,
  );
  expect(problemText(new Error('boom'))).toMatch(/Something went wrong on the server/);
});
