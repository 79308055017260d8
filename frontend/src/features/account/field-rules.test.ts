import { describe, expect, it } from 'vitest';
import { Problem } from '@/api/problem';
import {
  anyFault,
  emailLooksRight,
  newPasswordIsRight,
  nicknameIsRight,
  registrationFaults,
  registrationRefusal,
} from '@/features/account/field-rules';

it.each([
  ['minji@example.org', true],
  [' minji@example.org ', true],
  ['minji', false],
  ['minji@', false],
  ['min ji@example.org', false],
  ['', false],
])('the e-mail %j looks right: %s', (email, right) => {
  expect(emailLooksRight(email)).toBe(right);
});

it('counts code points, not halves of emoji', () => {
  expect(nicknameIsRight('🙂'.repeat(30))).toBe(true);
  expect(nicknameIsRight('🙂'.repeat(31))).toBe(false);
  expect(nicknameIsRight('  ')).toBe(false);
  expect(newPasswordIsRight('🙂'.repeat(7))).toBe(false);
  expect(newPasswordIsRight('12345678')).toBe(true);
});

describe('a registration', () => {
  const right = { email: 'a@b.c', nickname: '민지', password: 'correct horse', consent: false };

  it('needs an answer to the question of consent, and takes a no', () => {
    expect(anyFault(registrationFaults(right))).toBe(false);
    expect(registrationFaults({ ...right, consent: undefined }).consent).toBe('missing');
  });

  it('shows a taken e-mail at the e-mail', () => {
    const taken = new Problem(409, 'account.email_taken', '');
    expect(registrationRefusal(taken)).toMatchObject({ email: 'emailTaken' });
  });

  it('shows what the server refuses at its fields', () => {
    const invalid = new Problem(422, 'request.invalid', '', new Map([['nickname', 'too long']]));
    expect(registrationRefusal(invalid)).toEqual({ nickname: 'nickname' });
  });
});
