import i18next from 'i18next';
import { Problem } from '@/api/problem';

/** The codes that say more than their status does; each has words of its own. */
const known = [
  'room.not_found',
  'room.read_only',
  'room.closed',
  'room.full',
  'room.joining_closed',
  'room.kicked',
  'room.password_required',
  'room.password_wrong',
  'room.invite_invalid',
  'room.host_only',
  'room.not_group',
  'room.not_pickup',
  'room.title_taken',
  'room.too_small',
  'room.extensions_used',
  'room.phase_order',
  'room.version',
  'member.not_found',
  'member.self',
  'order.confirmed',
  'order.too_late',
  'order.incomplete',
  'order.empty',
  'order.below_minimum',
  'order.item_gone',
  'order.not_delivered',
  'order.nothing',
  'box.not_found',
  'box.booked',
  'box.out_of_order',
  'box.not_booked',
  'box.wrong_code',
  'box.nothing_expected',
  'store.not_found',
  'menu.not_found',
  'friend.blocked',
  'message.deleted',
  'message.reactions_full',
  'readings.forgetting',
  'emotion.off',
  'emotion.hidden',
] as const;

/** One sentence for people, in their language: what happened and what to do. */
export function problemText(error: unknown): string {
  const { t } = i18next;
  if (!(error instanceof Problem)) return t('problems:server');
  const code = known.find((one) => one === error.code);
  if (code) return t(`problems:codes.${code}`);
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
