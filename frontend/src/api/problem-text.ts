import i18next from 'i18next';
import { Problem } from '@/api/problem';

/** One sentence for people, in their language: what happened and what to do. */
export function problemText(error: unknown): string {
  const { t } = i18next;
  if (!(error instanceof Problem)) return t('problems:server');
  switch (error.status) {
    case 0:
      return t('problems:unreachable');
    case 401:
      return t('problems:signedOut');
    case 403:
      return t('problems:forbidden');
    case 404:
      return t('problems:notFound');
    case 409:
    case 412:
      return t('problems:conflict');
    case 400:
    case 422:
      return t('problems:invalid');
    case 429:
      return t('problems:limited', { wait: waitText(error.retryAfter) });
    case 503:
      return t('problems:busy', { wait: waitText(error.retryAfter) });
    default:
      return t('problems:server');
  }
}

/** A wait in words, rounded up so that it is never too early. */
function waitText(seconds: number | undefined): string {
  const { t } = i18next;
  if (seconds === undefined || seconds <= 0) return t('problems:soon');
  if (seconds < 90) return t('problems:seconds', { count: Math.ceil(seconds) });
  return t('problems:minutes', { count: Math.ceil(seconds / 60) });
}
