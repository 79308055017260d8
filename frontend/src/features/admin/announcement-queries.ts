import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import { useProof } from '@/features/account/reauthenticate';

const listKey = ['admin', 'announcements'] as const;

export const adminAnnouncementsQuery = (cursor: string | undefined) =>
  queryOptions({
    queryKey: [...listKey, cursor],
    queryFn: ({ signal }) =>
      must(api.GET('/admin/announcements', { params: { query: { cursor } }, signal })),
    staleTime: 0,
    refetchInterval: 30_000, // Whom it was delivered to, and who read it.
    placeholderData: keepPreviousData,
  });

/** Announces something; a repeat with the same key announces nothing twice. */
export function useAnnounce(key: string) {
  return useChange((body: Schema<'AnnouncementInput'>) =>
    must(
      api.POST('/admin/announcements', { params: { header: { 'Idempotency-Key': key } }, body }),
    ),
  );
}

export function useReplaceAnnouncement(announcementId: number) {
  return useChange((body: Schema<'AnnouncementInput'>) =>
    must(
      api.PUT('/admin/announcements/{announcementId}', {
        params: { path: { announcementId } },
        body,
      }),
    ),
  );
}

export function useWithdraw() {
  return useChange((announcementId: number) =>
    must(
      api.DELETE('/admin/announcements/{announcementId}', { params: { path: { announcementId } } }),
    ),
  );
}

function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const cache = useQueryClient();
  const proven = useProof();
  return useMutation({
    mutationFn: (input: Input) => proven(() => change(input)),
    onSettled: () => void cache.invalidateQueries({ queryKey: listKey }),
  });
}
