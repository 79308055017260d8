import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import { roomKeys } from '@/features/rooms/queries';

type Friend = Schema<'Friend'>;
type UserSummary = Schema<'UserSummary'>;

export const friendKeys = {
  all: ['friends'] as const,
  list: ['friends', 'list'] as const,
  blocks: ['friends', 'blocks'] as const,
  searches: ['friends', 'search'] as const,
  search: (query: string) => ['friends', 'search', query] as const,
};

/** Friends and the requests to and from me. */
export const friendsQuery = queryOptions({
  queryKey: friendKeys.list,
  queryFn: async ({ signal }) => (await must(api.GET('/friends', { signal }))).items,
});

export const blocksQuery = queryOptions({
  queryKey: friendKeys.blocks,
  queryFn: async ({ signal }) => (await must(api.GET('/blocks', { signal }))).items,
});

/** People by the start of their nickname or by their exact e-mail. */
export const peopleQuery = (query: string) =>
  queryOptions({
    queryKey: friendKeys.search(query),
    queryFn: async ({ signal }) =>
      (await must(api.GET('/users', { params: { query: { query } }, signal }))).items,
    enabled: query !== '',
  });

/** The list with this person as they stand to me now; a new one goes where the server would put them. */
export function withFriend(friends: readonly Friend[], friend: Friend): Friend[] {
  const others = friends.filter(({ user }) => user.id !== friend.user.id);
  return [...others, friend].sort((a, b) => a.user.nickname.localeCompare(b.user.nickname));
}

/** The list without this person. */
export function withoutFriend(friends: readonly Friend[], userId: number): Friend[] {
  return friends.filter(({ user }) => user.id !== userId);
}

/** Whether this friend is online; false while that is not known, and for those who are no friends. */
export function useOnlineFriend(userId: number | undefined): boolean {
  const { data } = useQuery({
    ...friendsQuery,
    select: (friends) => friends.some(({ user, online }) => user.id === userId && online),
  });
  return data ?? false;
}

/** Asks somebody, or accepts when they have asked already. */
export function useRequestFriend() {
  const settle = useSettled();
  return useMutation({
    mutationFn: (user: UserSummary) => must(api.POST('/friends', { body: { userId: user.id } })),
    onSuccess: (friend) => settle((friends) => withFriend(friends, friend)),
  });
}

export function useAcceptFriend() {
  const settle = useSettled();
  return useMutation({
    mutationFn: (user: UserSummary) =>
      must(api.PUT('/friends/{userId}', { params: { path: { userId: user.id } } })),
    onSuccess: (friend) => settle((friends) => withFriend(friends, friend)),
  });
}

/** Declines or withdraws a request, or ends a friendship. */
export function useRemoveFriend() {
  const settle = useSettled();
  return useMutation({
    mutationFn: (user: UserSummary) =>
      must(api.DELETE('/friends/{userId}', { params: { path: { userId: user.id } } })),
    onSuccess: (_nothing, user) => settle((friends) => withoutFriend(friends, user.id)),
  });
}

export function useBlock() {
  const settle = useSettled();
  return useMutation({
    mutationFn: (user: UserSummary) =>
      must(api.PUT('/blocks/{userId}', { params: { path: { userId: user.id } } })),
    onSuccess: (_nothing, user) => settle((friends) => withoutFriend(friends, user.id)),
  });
}

export function useUnblock() {
  const settle = useSettled();
  return useMutation({
    mutationFn: (user: UserSummary) =>
      must(api.DELETE('/blocks/{userId}', { params: { path: { userId: user.id } } })),
    onSuccess: () => settle((friends) => [...friends]),
  });
}

/** After any change between two people: the list is right at once, and all that depends on it is asked anew. */
function useSettled() {
  const cache = useQueryClient();
  return (change: (friends: Friend[]) => Friend[]) => {
    cache.setQueryData(friendsQuery.queryKey, (friends) => friends && change(friends));
    void cache.invalidateQueries({ queryKey: friendKeys.all });
    void cache.invalidateQueries({ queryKey: roomKeys.all }); // A room opens or becomes read-only with it.
  };
}
