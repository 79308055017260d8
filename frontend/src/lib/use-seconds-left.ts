import { useSyncExternalStore } from 'react';
import { secondsLeft } from '@/lib/time-left';

// All countdowns of the page run on this one timer, so that they tick together.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** The seconds until an ISO time, as secondsLeft() counts them; renders again only when they change. */
export function useSecondsLeft(until: string): number {
  return useSyncExternalStore(subscribe, () => secondsLeft(Date.parse(until), Date.now()));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) wait();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearTimeout(timer);
  };
}

/** Wakes the listeners at every full second. */
function wait() {
  timer = setTimeout(
    () => {
      wait();
      for (const listener of listeners) listener();
    },
    1000 - (Date.now() % 1000),
  );
}
