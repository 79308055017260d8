import i18next from 'i18next';
import type { components } from '@/api/schema.gen';
import { clockTime } from '@/lib/moment';
import type { Locale } from '@/lib/preferences';
import { won } from '@/lib/won';

type Line = components['schemas']['Line'];

/** Who speaks which name. */
export interface Names {
  locale: Locale;
  me: number;
  /** Undefined for somebody nobody knows. */
  nickname: (user: number) => string | undefined;
}

/** What a system line says, in one sentence. `actor` is the line's sender. */
export function lineText(line: Line, actor: number, names: Names): string {
  const { t } = i18next;
  const { locale } = names;
  const number = line.number ?? 0;
  const about = (user: number | undefined) => {
    const name = user && names.nickname(user);
    return {
      who: name ? t('messages:line.who', { name }) : t('messages:line.nobody'),
      context: user === names.me ? 'me' : '',
    };
  };
  switch (line.code) {
    case 'created':
      return t('messages:line.created', about(actor));
    case 'closed':
      return t('messages:line.closed', about(actor));
    case 'joined':
    case 'left':
    case 'kicked':
    case 'host':
    case 'received':
      return t(`messages:line.${line.code}`, about(line.user));
    case 'readings_on':
      return t('messages:line.readingsOn', about(line.user));
    case 'readings_local':
      return t('messages:line.readingsLocal', about(line.user));
    case 'readings_off':
      return t('messages:line.readingsOff', about(line.user));
    case 'box_opened':
      return t('messages:line.boxOpened', about(line.user));
    case 'emptied':
    case 'expired':
    case 'password_set':
    case 'password_removed':
    case 'arrived':
      return t(`messages:line.${line.code}`);
    case 'renamed':
      return t('messages:line.renamed', { title: line.title ?? '' });
    case 'capacity':
    case 'warning':
      return t(`messages:line.${line.code}`, { count: number });
    case 'phase':
      return t(`messages:line.phase.${line.phase ?? 'CREATED'}`);
    case 'extended':
      return t('messages:line.extended', {
        count: number,
        time: line.time ? clockTime(new Date(line.time), locale) : '',
      });
    case 'order_confirmed':
      return t('messages:line.order_confirmed', { amount: won(number, locale) });
    case 'drawn': {
      const users = (line.users ?? []).map((user) => nameOf(user, names));
      return t('messages:line.drawn', { names: listOf(users, locale) });
    }
    default:
      line.code satisfies never;
      return t('messages:line.unknown'); // A newer server may say more.
  }
}

/** Whose names a line needs to be told. */
export function usersOf(line: Line, actor: number): number[] {
  if (line.code === 'created' || line.code === 'closed') return [actor];
  return [...(line.user ? [line.user] : []), ...(line.users ?? [])];
}

/** Several names in one: "Ben, Minji, and Cho", "민지, 벤". */
export function listOf(names: readonly string[], locale: Locale): string {
  // Korean joins by 및, which nobody says; a comma is enough.
  if (locale === 'ko') return names.join(', ');
  return new Intl.ListFormat(locale).format(names);
}

function nameOf(user: number | undefined, { me, nickname }: Names): string {
  const { t } = i18next;
  if (user === me) return t('messages:you');
  return (user && nickname(user)) || t('messages:unnamed');
}
