import { useSyncExternalStore } from 'react';
import { secondsLeft } from '@/lib/time-left';

const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** Seconds until a moment of ISO 8601, as they go by; see secondsLeft for how fine. Renders again only when that changes. */
export function useSecondsLeft(until: string): number {
  return useSyncExternalStore(subscribe, () => secondsLeft(Date.parse(until), Date.now()));
}

/** One clock for all who look at one. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}
