import { useEffect } from 'react';
import { useLive } from '@/realtime/use-live';

/** Tells the server that I look at the room, once its messages are here and as long as the page shows them. */
export function useViewedRoom(roomId: number, loaded: boolean): void {
  const live = useLive();
  useEffect(() => (loaded ? live.view(roomId) : undefined), [live, roomId, loaded]);
}
