const KEY = 'emosation.first-run';

/** Remembers that this new user has not seen the first-run cards yet. */
export function offerFirstRun(userId: number): void {
  localStorage.setItem(KEY, String(userId));
}

export function firstRunOffered(userId: number): boolean {
  return localStorage.getItem(KEY) === String(userId);
}

export function closeFirstRun(): void {
  localStorage.removeItem(KEY);
}
