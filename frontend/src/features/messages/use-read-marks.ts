import { useEffect, useSyncExternalStore } from 'react';
import { useLive } from '@/realtime/use-live';

/** Tells the server how far I have read, as long as I can be believed to look: the end is in view and the window has the focus. */
export function useReadMarks(roomId: number, seq: number | undefined): void {
  const live = useLive();
  const attentive = useSyncExternalStore(subscribe, isAttentive);
  useEffect(() => {
    if (attentive && seq) live.read(roomId, seq);
  }, [live, attentive, roomId, seq]);
}

function isAttentive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('focus', listener);
  window.addEventListener('blur', listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    window.removeEventListener('focus', listener);
    window.removeEventListener('blur', listener);
    document.removeEventListener('visibilitychange', listener);
  };
}
