import { createContext, use, useSyncExternalStore } from 'react';
import type { Live } from '@/realtime/live';
import type { Outgoing } from '@/realtime/outbox';
import type { SocketStatus } from '@/realtime/status';

/** The live connection of the signed-in page. */
export const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = use(LiveContext);
  if (!live) throw new Error('useLive is for pages of signed-in people');
  return live;
}

export function useSocketStatus(): SocketStatus {
  const { status } = useLive();
  return useSyncExternalStore(status.subscribe, status.snapshot);
}

/** The room's messages on their way, in their order. */
export function useOutgoing(room: number): readonly Outgoing[] {
  const { outbox } = useLive();
  return useSyncExternalStore(outbox.subscribe, () => outbox.room(room));
}

/** How many messages of all rooms wait for the server. */
export function useWaiting(): number {
  const { outbox } = useLive();
  return useSyncExternalStore(outbox.subscribe, outbox.waiting);
}
