import type { QueryClient } from '@tanstack/react-query';
import type { Schema } from '@/api/client';
import { messageKeys, renewReadings } from '@/features/messages/queries';
import { moodKeys } from '@/features/mood/queries';
import { roomKeys } from '@/features/rooms/queries';
import { searchKeys } from '@/features/search/queries';

type Room = Schema<'Room'>;

/**
 * Sees to it that no reading stays on the screen that is not to be seen any more: when a room says that consent has changed in it, the
 * readings of its messages are fetched anew. Returns how to stop.
 */
export function watchConsent(cache: QueryClient): () => void {
  const known = new Map<number, number>();
  const look = ({ id, readingsRev }: Room) => {
    const before = known.get(id);
    if (before !== undefined && readingsRev <= before) return;
    known.set(id, readingsRev);
    if (before === undefined) return;
    renew(cache, id, () => known.get(id) === readingsRev);
  };
  return cache.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || query.queryKey[0] !== roomKeys.all[0]) return;
    const [, kind] = query.queryKey;
    if (kind === 'list') (query.state.data as readonly Room[] | undefined)?.forEach(look);
    const one = kind === 'one' ? (query.state.data as Room | undefined) : undefined;
    if (one) look(one);
  });
}

function renew(cache: QueryClient, roomId: number, stillWanted: () => boolean) {
  void cache.invalidateQueries({ queryKey: searchKeys.all });
  void cache.resetQueries({ queryKey: moodKeys.room(roomId) });
  const thread = cache.getQueryCache().find({ queryKey: messageKeys.thread(roomId), exact: true });
  if (!thread) return;
  // What nobody looks at is loaded anew when it is opened.
  if (thread.getObserversCount() === 0) cache.removeQueries({ queryKey: thread.queryKey });
  else void renewReadings(cache, roomId, stillWanted);
}
