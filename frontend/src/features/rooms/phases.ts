import type { Schema } from '@/api/client';

/** How far the order of a pickup room may be, in the order of its life. */
export const phases = [
  'CREATED',
  'ORDER_STARTED',
  'ORDER_COMPLETED',
  'DELIVERY_IN_PROGRESS',
  'DELIVERED',
] as const satisfies readonly Schema<'Phase'>[];
