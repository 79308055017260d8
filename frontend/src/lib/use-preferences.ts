import { useSyncExternalStore } from 'react';
import { onPreferences, preferences } from '@/lib/preferences';

/** The preferences, kept up to date also across tabs. */
export function usePreferences() {
  return useSyncExternalStore(onPreferences, preferences);
}
