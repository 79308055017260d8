import {
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import { useProof } from '@/features/account/reauthenticate';

/** Whom to list, and how; what is undefined does not matter. */
export interface UserSearch {
  q?: string | undefined;
  state?: Schema<'AccountState'> | undefined;
  role?: Schema<'Role'> | undefined;
  sort?: Schema<'UserSort'> | undefined;
  descending?: true | undefined;
}

export const userKeys = {
  lists: ['admin', 'users'] as const,
  one: (userId: number) => ['admin', 'user', userId] as const,
};

export const usersQuery = (search: UserSearch, cursor: string | undefined) =>
  queryOptions({
    queryKey: [...userKeys.lists, search, cursor],
    queryFn: ({ signal }) =>
      must(api.GET('/admin/users', { params: { query: { ...search, cursor } }, signal })),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });

// A look at somebody is kept in the audit log: it is not repeated for a focused window.
export const userQuery = (userId: number) =>
  queryOptions({
    queryKey: userKeys.one(userId),
    queryFn: ({ signal }) =>
      must(api.GET('/admin/users/{userId}', { params: { path: { userId } }, signal })),
    refetchOnWindowFocus: false,
  });

export const userSessionsQuery = (userId: number) =>
  queryOptions({
    queryKey: [...userKeys.one(userId), 'sessions'],
    queryFn: async ({ signal }) =>
      (
        await must(
          api.GET('/admin/users/{userId}/sessions', { params: { path: { userId } }, signal }),
        )
      ).items,
    refetchOnWindowFocus: false,
  });

/** After a change: what the server says now of this account and of the lists. */
function renew(cache: QueryClient, userId: number): void {
  void cache.invalidateQueries({ queryKey: userKeys.one(userId) });
  void cache.invalidateQueries({ queryKey: userKeys.lists });
}

/** A change of one account that asks for the password where the server wants it. */
function useChange<Input, Output>(
  userId: number,
  change: (params: { path: { userId: number } }, input: Input) => Promise<Output>,
) {
  const cache = useQueryClient();
  const proven = useProof();
  return useMutation({
    gcTime: 0, // An answer may hold a password, which is shown this once.
    mutationFn: (input: Input) => proven(() => change({ path: { userId } }, input)),
    // Also what was refused may have been, because something else has changed.
    onSettled: () => renew(cache, userId),
  });
}

export function useSetRole(userId: number) {
  return useChange(userId, (params, role: Schema<'Role'>) =>
    must(api.PUT('/admin/users/{userId}/role', { params, body: { role } })),
  );
}

export function useDeactivate(userId: number) {
  return useChange(userId, (params, reason: string) =>
    must(
      api.POST('/admin/users/{userId}/deactivation', { params, body: reason ? { reason } : {} }),
    ),
  );
}

export function useRestore(userId: number) {
  return useChange(userId, (params, access: Schema<'RestorationAccess'>) =>
    must(api.POST('/admin/users/{userId}/restoration', { params, body: { access } })),
  );
}

export function useSetPurgeDate(userId: number) {
  return useChange(userId, (params, purgeAfter: string) =>
    must(api.PUT('/admin/users/{userId}/purge-date', { params, body: { purgeAfter } })),
  );
}

export function useEndSessions(userId: number) {
  return useChange(userId, (params, sessionId: number | 'all') =>
    sessionId === 'all'
      ? must(api.DELETE('/admin/users/{userId}/sessions', { params }))
      : must(
          api.DELETE('/admin/users/{userId}/sessions/{sessionId}', {
            params: { path: { ...params.path, sessionId } },
          }),
        ),
  );
}
