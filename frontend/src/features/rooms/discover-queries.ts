import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import type { DiscoverFilter } from '@/features/rooms/discover-filter';
import { adoptRoom } from '@/features/rooms/queries';

export const discoverKeys = {
  all: ['open-rooms'] as const,
  page: (filter: DiscoverFilter) => ['open-rooms', 'page', filter] as const,
  invite: (token: string) => ['open-rooms', 'invite', token] as const,
};

/** A page of the open rooms. No frame tells how they change, so it is asked for again while somebody looks. */
export const openRoomsQuery = (filter: DiscoverFilter) =>
  queryOptions({
    queryKey: discoverKeys.page(filter),
    queryFn: ({ signal }) => must(api.GET('/rooms/open', { params: { query: filter }, signal })),
    placeholderData: keepPreviousData,
    staleTime: 0,
    refetchInterval: 15_000,
  });

/** The room that an invite leads to. Asking says nothing to anybody, and an invite that failed once fails again. */
export const inviteQuery = (token: string) =>
  queryOptions({
    queryKey: discoverKeys.invite(token),
    queryFn: ({ signal }) => must(api.POST('/invites', { body: { token }, signal })),
    enabled: token !== '',
  });

/** Joins a group room; the mutation's data is the room. */
export function useJoinRoom() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ roomId, ...body }: { roomId: number } & Schema<'Join'>) =>
      must(api.POST('/rooms/{roomId}/members', { params: { path: { roomId } }, body })),
    onSuccess: (room) => adoptRoom(cache, room),
    // Also a refusal tells that the list is not right any more.
    onSettled: () => void cache.invalidateQueries({ queryKey: discoverKeys.all }),
  });
}

/** Creates a room. With the same key, a second try after a lost answer gives the room that the first one made. */
export function useCreateRoom() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ key, body }: { key: string; body: Schema<'NewRoom'> }) =>
      must(api.POST('/rooms', { params: { header: { 'Idempotency-Key': key } }, body })),
    onSuccess: (room) => {
      adoptRoom(cache, room);
      void cache.invalidateQueries({ queryKey: discoverKeys.all });
    },
  });
}
