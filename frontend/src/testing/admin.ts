import type { Schema } from '@/api/client';

export function anAdminUser(
  id: number,
  nickname: string,
  change: Partial<Schema<'AdminUser'>> = {},
): Schema<'AdminUser'> {
  return {
    ...{ id, nickname, email: `${nickname.toLowerCase()}@example.org`, emailVerified: true },
    ...{ role: 'user', locale: 'en', state: 'active', online: false },
    createdAt: '2026-09-01T00:00:00Z',
    lastSeenAt: '2026-11-20T08:00:00Z',
    ...{ closedBy: null, closedAt: null, purgeAfter: null, messages: null },
    ...change,
  };
}

/** An account that an admin closed. */
export function aClosedUser(id: number, nickname: string): Schema<'AdminUser'> {
  return anAdminUser(id, nickname, {
    ...{ state: 'deactivated', closedBy: 'admin', messages: 'keep' },
    closedAt: '2026-11-19T08:00:00Z',
    purgeAfter: '2026-12-19T08:00:00Z',
  });
}

export function aDetail(
  user: Schema<'AdminUser'>,
  change: Partial<Schema<'AdminUserDetail'>> = {},
): Schema<'AdminUserDetail'> {
  return { ...{ user, sessions: 1, friends: 4, rooms: 6, reason: null }, ...change };
}

/** So many days up to Saturday, 21 November 2026; the last one has most. */
export function someStats(days: number, change: Partial<Schema<'Stats'>> = {}): Schema<'Stats'> {
  const end = Date.parse('2026-11-21T00:00:00Z');
  return {
    at: '2026-11-21T06:00:00Z',
    zone: 'Asia/Seoul',
    online: { users: 12, sessions: 15, nodes: 2 },
    users: { active: 1234, mustReset: 1, deactivated: 3 },
    rooms: [
      { kind: 'direct', phase: null, rooms: 40 },
      { kind: 'group', phase: null, rooms: 7 },
      { kind: 'group', phase: 'CREATED', rooms: 5 },
    ],
    days: Array.from({ length: days }, (_, i) => ({
      day: new Date(end - (days - 1 - i) * 86_400_000).toISOString().slice(0, 10),
      ...{ visitors: 10 + i, newUsers: i, messages: 100 * i, cost: i / 100 },
      readings: [
        { engine: 'embedded', readings: 80 * i },
        { engine: 'openai', readings: 20 * i },
      ],
    })),
    ...change,
  };
}

export function anAnnouncement(
  id: number,
  title: string,
  change: Partial<Schema<'AdminAnnouncement'>> = {},
): Schema<'AdminAnnouncement'> {
  return {
    ...{ id, title, body: 'We will be away for ten minutes.', state: 'published' },
    audience: { role: null, locale: null },
    publishAt: '2026-11-20T08:00:00Z',
    createdAt: '2026-11-20T07:00:00Z',
    createdBy: { id: 1, nickname: 'Jiho' },
    ...{ delivered: 1200, read: 345 },
    ...change,
  };
}

export function anEntry(
  id: number,
  action: Schema<'AuditAction'>,
  change: Partial<Schema<'AuditEntry'>> = {},
): Schema<'AuditEntry'> {
  return {
    ...{ id, action, targetType: 'user', targetId: 7, changes: [] },
    at: '2026-11-20T08:00:00Z',
    actor: { id: 1, nickname: 'Jiho' },
    address: '203.0.113.7',
    ...change,
  };
}
