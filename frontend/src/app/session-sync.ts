import type { QueryClient } from '@tanstack/react-query';
import type { Session } from '@/api/session';
import { meQuery } from '@/features/account/queries';
import { dropInvite } from '@/features/rooms/join-invite';
import { prefer } from '@/lib/preferences';

/** Keeps the cache to one person: filled with them at sign-in, emptied when they leave. Returns how to stop. */
export function syncSession(
  session: Session,
  cache: QueryClient,
  onChange: () => void,
): () => void {
  let who: number | undefined;
  const sync = () => {
    const state = session.state();
    if (state.status === 'restoring' || state.status === 'unreachable') return;
    const user = state.status === 'signed-in' ? state.user : undefined;
    // The theme and the language stay with the browser; where somebody lives goes with them, and so does an invite.
    if (state.status === 'signed-out' && state.why === 'left') {
      prefer({ zip: undefined });
      dropInvite();
    }
    if (user?.id !== who) cache.clear();
    who = user?.id;
    if (user) {
      cache.setQueryData(meQuery.queryKey, user);
      prefer({ locale: user.locale });
    }
    onChange();
  };
  sync();
  return session.subscribe(sync);
}
