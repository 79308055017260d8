/** What this browser remembers of how its user wants to see the app. */
export interface Preferences {
  theme: Theme;
  locale: Locale;
  /** Readings are said in plain sentences, without symbols. */
  literal: boolean;
  /** While I write, a hint says how it may read. */
  preview: boolean;
  /** A zip code of the neighbourhood that was chosen last; whoever logs out takes it along. */
  zip?: string | undefined;
}
export type Theme = 'system' | 'light' | 'dark';
export type Locale = 'ko' | 'en';

// public/before-paint.js reads the same key.
const KEY = 'emosation.preferences';
const listeners = new Set<() => void>();
let current = read();

/** The preferences now; the same object until something changes. */
export function preferences(): Preferences {
  return current;
}

/** Remembers the change here, shows the theme at once, and tells the listeners. */
export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage is closed to us or full: the choice then lasts as long as the page.
  }
  announce();
}

/** Calls back after every change, also after one made in another tab; returns how to stop. */
export function onPreferences(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener('storage', adoptFromOtherTab);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener('storage', adoptFromOtherTab);
  };
}

function adoptFromOtherTab(event: StorageEvent) {
  if (event.key !== KEY) return;
  current = read();
  announce();
}

function announce() {
  const root = document.documentElement;
  if (current.theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = current.theme;
  for (const listener of listeners) listener();
}

function read(): Preferences {
  const standard: Preferences = {
    theme: 'system',
    locale: navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en',
    literal: false,
    preview: true,
  };
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return {
      theme: pick(stored, 'theme', ['system', 'light', 'dark']) ?? standard.theme,
      locale: pick(stored, 'locale', ['ko', 'en']) ?? standard.locale,
      literal: flag(stored, 'literal') ?? standard.literal,
      preview: flag(stored, 'preview') ?? standard.preview,
      zip: zipOf(stored),
    };
  } catch {
    return standard;
  }
}

function zipOf(stored: unknown): string | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const zip: unknown = Reflect.get(stored, 'zip');
  return typeof zip === 'string' && /^\d{5}$/.test(zip) ? zip : undefined;
}

function flag(stored: unknown, key: string): boolean | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const value: unknown = Reflect.get(stored, key);
  return typeof value === 'boolean' ? value : undefined;
}

function pick<T extends string>(stored: unknown, key: string, allowed: readonly T[]) {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const value: unknown = Reflect.get(stored, key);
  return allowed.find((one) => one === value);
}
