import i18next from 'i18next';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';

/** Why somebody cannot join, and where to say so. */
export interface JoinRefusal {
  text: string;
  /** "password": beside its field; "over": trying again is no use; "again": it may be. */
  where: 'password' | 'over' | 'again';
}

/** What an answer to joining says, in words for somebody who is not a member. */
export function joinRefusal(error: Error): JoinRefusal {
  const { t } = i18next;
  const code = error instanceof Problem ? error.code : '';
  switch (code) {
    case 'room.password_required':
    case 'room.password_wrong':
      return { text: problemText(error), where: 'password' };
    case 'room.closed':
      return { text: t('discover:join.closed'), where: 'over' };
    case 'room.not_found':
      return { text: t('discover:join.gone'), where: 'over' };
    case 'room.joining_closed':
    case 'room.kicked':
    case 'room.invite_invalid':
      return { text: problemText(error), where: 'over' };
    default:
      return { text: problemText(error), where: 'again' };
  }
}

/** Once the order of a room has started nobody joins any more, which is known without asking. */
export function lateRefusal({ phase, joined }: Schema<'OpenRoom'>): JoinRefusal | undefined {
  if (joined || phase === null || phase === 'CREATED') return undefined;
  return joinRefusal(new Problem(409, 'room.joining_closed', ''));
}
