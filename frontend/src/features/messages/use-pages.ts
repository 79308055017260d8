import { useMutation, useQueryClient } from '@tanstack/react-query';
import { loadNewer, loadOlder } from '@/features/messages/queries';
import type { Thread } from '@/features/messages/thread';

/** More of the conversation at both ends, one page at a time. */
export function usePages(roomId: number, thread: Thread) {
  const cache = useQueryClient();
  const older = useMutation({ mutationFn: () => loadOlder(cache, roomId) });
  const newer = useMutation({ mutationFn: () => loadNewer(cache, roomId) });
  return {
    older: {
      isError: older.isError,
      mutate: () => {
        if (!older.isPending && !thread.atStart) older.mutate();
      },
    },
    newer: {
      mutate: () => {
        if (!newer.isPending && !thread.atEnd) newer.mutate();
      },
    },
  };
}
