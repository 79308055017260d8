import i18next from 'i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { NotProven, useSayProblem } from '@/features/account/reauthenticate';

/** What only admins are told; everything else has its words already. */
const known = ['account.state', 'account.own', 'account.last_admin', 'announcement.state'] as const;

function adminProblemText(error: unknown): string {
  const code = error instanceof Problem && known.find((one) => one === error.code);
  return code ? i18next.t(`admin:codes.${code}`) : problemText(error);
}

/** For a dialog that stays open: what went wrong, if anything did; nothing when the password was not given. */
export function problemIn(error: Error | null): string | undefined {
  return error && !(error instanceof NotProven) ? adminProblemText(error) : undefined;
}

/** Says what went wrong; nothing when the password was not given. */
export function useSayAdminProblem(): (error: unknown) => void {
  return useSayProblem(adminProblemText);
}
