import type { Problem } from '@/api/problem';

// The contract's limits. They count code points, as the server does.
const NICKNAME = { least: 1, most: 30 };
const PASSWORD = { least: 8, most: 200 };

/** Something with an @ inside; whether it exists is the mail's business. */
export function emailLooksRight(email: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(email.trim()) && email.trim().length <= 254;
}

export function nicknameIsRight(nickname: string): boolean {
  const length = [...nickname.trim()].length;
  return length >= NICKNAME.least && length <= NICKNAME.most;
}

export function newPasswordIsRight(password: string): boolean {
  const length = [...password].length;
  return length >= PASSWORD.least && length <= PASSWORD.most;
}

export interface RegistrationFields {
  email: string;
  nickname: string;
  password: string;
  consent: boolean | undefined;
}

/** What is wrong with which field; the values are keys of the texts. */
export interface RegistrationFaults {
  email?: 'email' | 'emailTaken' | undefined;
  nickname?: 'nickname' | undefined;
  password?: 'password' | undefined;
  consent?: 'missing' | undefined;
}

/** What is missing or wrong before the server is asked. */
export function registrationFaults(fields: RegistrationFields): RegistrationFaults {
  return {
    email: emailLooksRight(fields.email) ? undefined : 'email',
    nickname: nicknameIsRight(fields.nickname) ? undefined : 'nickname',
    password: newPasswordIsRight(fields.password) ? undefined : 'password',
    consent: fields.consent === undefined ? 'missing' : undefined,
  };
}

/** What the server found wrong, by field. */
export function registrationRefusal({ code, fields }: Problem): RegistrationFaults {
  return {
    email:
      code === 'account.email_taken' ? 'emailTaken' : fields.has('email') ? 'email' : undefined,
    nickname: fields.has('nickname') ? 'nickname' : undefined,
    password: fields.has('password') ? 'password' : undefined,
  };
}

export function anyFault(faults: RegistrationFaults): boolean {
  return Object.values(faults).some(Boolean);
}
