const KEY = 'emosation.invite';
let kept: string | undefined;

/**
 * Keeps the token of an invite for this tab. It comes in the fragment of a link, which no server sees, and must not get into an
 * address that one does: so it waits here while somebody logs in.
 */
export function keepInvite(token: string): void {
  kept = token;
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Storage is closed to us: the invite then lasts as long as the page.
  }
}

/** The token that was kept last. */
export function keptInvite(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? kept;
  } catch {
    return kept;
  }
}

/** Forgets the invite: it was used, or its holder has left. */
export function dropInvite(): void {
  kept = undefined;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then nothing was kept there either.
  }
}
