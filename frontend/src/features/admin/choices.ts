import type { Schema } from '@/api/client';

export const states = [
  'active',
  'must_reset',
  'deactivated',
] as const satisfies readonly Schema<'AccountState'>[];

export const roles = ['user', 'admin'] as const satisfies readonly Schema<'Role'>[];

export const sorts = [
  'created',
  'nickname',
  'email',
  'seen',
] as const satisfies readonly Schema<'UserSort'>[];

export const kinds = ['direct', 'group'] as const satisfies readonly Schema<'RoomKind'>[];

export const roomStates = [
  'open',
  'read_only',
  'closed',
] as const satisfies readonly Schema<'RoomState'>[];

export const phases = [
  'CREATED',
  'ORDER_STARTED',
  'ORDER_COMPLETED',
  'DELIVERY_IN_PROGRESS',
  'DELIVERED',
] as const satisfies readonly Schema<'Phase'>[];

export const categories = [
  'korean',
  'chicken',
  'pizza',
  'snack',
  'chinese',
  'japanese',
  'western',
  'jokbal',
  'late_night',
  'single_serving',
  'cafe',
  'franchise',
  'convenience',
] as const satisfies readonly Schema<'StoreCategory'>[];

export const conditions = [
  'ok',
  'broken',
  'repair',
] as const satisfies readonly Schema<'BoxCondition'>[];

export const targets = [
  'user',
  'store',
  'menu_item',
  'box',
  'announcement',
] as const satisfies readonly Schema<'AuditTargetType'>[];

export const actions = [
  'admin.created',
  'user.viewed',
  'user.role_changed',
  'user.deactivated',
  'user.restored',
  'user.purge_date_changed',
  'user.sessions_revoked',
  'user.left',
  'user.purged',
  'store.created',
  'store.replaced',
  'store.deleted',
  'menu_item.created',
  'menu_item.replaced',
  'menu_item.deleted',
  'box.created',
  'box.replaced',
  'box.deleted',
  'box.key_created',
  'announcement.created',
  'announcement.replaced',
  'announcement.withdrawn',
] as const satisfies readonly Schema<'AuditAction'>[];

/** What an address says, if it is one of these. */
export function oneOf<T extends string>(known: readonly T[], said: unknown): T | undefined {
  return known.find((one) => one === said);
}

/** A whole number from 1 on that an address says. */
export function numberOf(said: unknown): number | undefined {
  const number = Number(said);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
