import type { Schema } from '@/api/client';
import { fieldTime, momentOf } from '@/features/admin/moments';
import { countCodePoints } from '@/lib/code-points';

/** An announcement as it is written. */
export interface AnnouncementFields {
  title: string;
  body: string;
  role: Schema<'Role'> | 'any';
  locale: Schema<'Locale'> | 'any';
  when: 'now' | 'later';
  /** As a field of the browser has it. */
  at: string;
}

export type AnnouncementFaults = Partial<Record<'title' | 'body' | 'at', true>>;

export function announcementFields(
  one: Schema<'AdminAnnouncement'> | undefined,
): AnnouncementFields {
  return {
    title: one?.title ?? '',
    body: one?.body ?? '',
    role: one?.audience.role ?? 'any',
    locale: one?.audience.locale ?? 'any',
    when: one ? 'later' : 'now',
    at: one ? fieldTime(one.publishAt) : '',
  };
}

const YEAR_MS = 365 * 86_400_000;

/** What the server takes, or what is not right yet. */
export function readAnnouncement(
  typed: AnnouncementFields,
  now: Date,
): { input: Schema<'AnnouncementInput'> } | { faults: AnnouncementFaults } {
  const title = typed.title.trim();
  const body = typed.body.trim();
  const publishAt = typed.when === 'later' ? momentOf(typed.at) : undefined;
  const soon = publishAt !== undefined && Date.parse(publishAt) <= now.getTime() + YEAR_MS;
  const faults: AnnouncementFaults = {
    ...(isBetween(title, 100) ? {} : { title: true }),
    ...(isBetween(body, 2000) ? {} : { body: true }),
    ...(typed.when === 'now' || soon ? {} : { at: true }),
  };
  if (Object.keys(faults).length > 0) return { faults };
  const audience = {
    role: typed.role === 'any' ? null : typed.role,
    locale: typed.locale === 'any' ? null : typed.locale,
  };
  return { input: { title, body, audience, ...(publishAt && { publishAt }) } };
}

function isBetween(text: string, most: number): boolean {
  return text !== '' && countCodePoints(text) <= most;
}
