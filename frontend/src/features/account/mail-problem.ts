import i18next from 'i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';

/** What went wrong with a mail or its link, in one sentence. Needs the texts of "safety". */
export function mailProblem(error: unknown): string {
  if (error instanceof Problem && error.code === 'mail.unavailable') {
    return i18next.t('safety:mail.none');
  }
  return problemText(error);
}

/** The link was used, is too old, or never was one. */
export function isSpent(error: unknown): boolean {
  return error instanceof Problem && error.code === 'auth.link';
}
