const PREFIX = 'emosation.draft.';

/** What the user has begun to write in a room and not sent; kept in this browser. */
export function loadDraft(user: number, room: number): string {
  try {
    return localStorage.getItem(`${PREFIX}${user}.${room}`) ?? '';
  } catch {
    return ''; // Storage is closed to us.
  }
}

export function saveDraft(user: number, room: number, text: string): void {
  const key = `${PREFIX}${user}.${room}`;
  try {
    if (text.trim() === '') localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Closed or full: the draft then lasts as long as the composer.
  }
}

/** For the log-out. */
export function forgetDrafts(user: number): void {
  const mine = Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}${user}.`));
  for (const key of mine) localStorage.removeItem(key);
}
