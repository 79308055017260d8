import type { TFunction } from 'i18next';
import type { Schema } from '@/api/client';
import { oneOf, roles, states } from '@/features/admin/choices';
import { dayAndTime } from '@/features/admin/moments';
import type { Locale } from '@/lib/preferences';

/** Fields that have a name in both languages; others are shown as the server calls them. */
const fields = [
  'role',
  'state',
  'purgeAfter',
  'name',
  'category',
  'address',
  'lat',
  'lng',
  'minOrder',
  'deliveryFee',
  'active',
  'section',
  'price',
  'zip',
  'condition',
  'title',
  'body',
  'locale',
  'publishAt',
  'session',
  'sessions',
] as const;

/** Texts of announcements are long, and their beginning tells which one it is. */
const MOST = 100;

/** What became different, in words: "state: Active → Closed". */
export function changeText(
  t: TFunction<'admin'>,
  { field, before, after }: Schema<'AuditChange'>,
  locale: Locale,
): string {
  const known = oneOf(fields, field);
  const [was, is] = [before, after].map((value) => valueText(t, field, value, locale));
  return `${known ? t(`audit.fields.${known}`) : field}: ${was} → ${is}`;
}

function valueText(
  t: TFunction<'admin'>,
  field: string,
  value: string | null,
  locale: Locale,
): string {
  if (!value) return t('none');
  const state = oneOf(states, value);
  const published = oneOf(['scheduled', 'published', 'withdrawn'] as const, value);
  const role = oneOf(roles, value);
  const language = oneOf(['ko', 'en'] as const, value);
  if (field === 'state' && state) return t(`state.${state}`);
  if (field === 'state' && published) return t(`announcements.state.${published}`);
  if (field === 'role' && role) return t(`role.${role}`);
  if (field === 'locale' && language) return t(`locale.${language}`);
  if (field === 'active') return t(value === 'true' ? 'places.active' : 'places.inactive');
  if (field === 'purgeAfter' || field === 'publishAt') return dayAndTime(value, locale);
  const letters = Array.from(value);
  return letters.length > MOST ? `${letters.slice(0, MOST).join('')}…` : value;
}
