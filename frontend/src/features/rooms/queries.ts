import {
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import type { Names } from '@/api/line-text';
import { hasLeft, personName } from '@/api/person-name';
import { useMe } from '@/features/account/queries';
import { usePreferences } from '@/lib/use-preferences';

type Room = Schema<'Room'>;

export const roomKeys = {
  all: ['rooms'] as const,
  list: ['rooms', 'list'] as const,
  one: (roomId: number) => ['rooms', 'one', roomId] as const,
  members: (roomId: number) => ['rooms', 'members', roomId] as const,
  newcomers: (roomId: number) => ['rooms', 'newcomers', roomId] as const,
};

/** The rooms I am joined in, with unread count and last message. */
export const roomsQuery = queryOptions({
  queryKey: roomKeys.list,
  queryFn: async ({ signal }) => (await must(api.GET('/rooms', { signal }))).items,
});

export const roomQuery = (roomId: number) =>
  queryOptions({
    queryKey: roomKeys.one(roomId),
    queryFn: ({ signal }) =>
      must(api.GET('/rooms/{roomId}', { params: { path: { roomId } }, signal })),
  });

export const membersQuery = (roomId: number) =>
  queryOptions({
    queryKey: roomKeys.members(roomId),
    queryFn: async ({ signal }) =>
      (await must(api.GET('/rooms/{roomId}/members', { params: { path: { roomId } }, signal })))
        .items,
  });

/** One room, at first as the list has it. */
export function useRoom(roomId: number) {
  const cache = useQueryClient();
  return useQuery({
    ...roomQuery(roomId),
    enabled: Number.isInteger(roomId),
    placeholderData: () => cache.getQueryData(roomsQuery.queryKey)?.find(({ id }) => id === roomId),
  });
}

/** What the people of a room are called, also those who have left. Unless `ask`, only as far as it is known already. */
export function useNames(roomId: number, ask = true): Names & { isGone: (id: number) => boolean } {
  const { locale } = usePreferences();
  const me = useMe();
  const cache = useQueryClient();
  const { data } = useQuery({ ...membersQuery(roomId), enabled: ask, select: people });
  const person = (id: number) => personAmong(cache, roomId, data, id);
  const nickname = (id: number) => {
    const user = person(id);
    return user && personName(user);
  };
  const isGone = (id: number) => {
    const user = person(id);
    return user !== undefined && hasLeft(user);
  };
  return { locale, me: me.id, nickname, isGone };
}

/** One of the people of a room, without a nickname if they have left for good; undefined for somebody nobody knows. */
export function usePerson(roomId: number, id: number): Schema<'UserSummary'> | undefined {
  const cache = useQueryClient();
  const { data } = useQuery({
    ...membersQuery(roomId),
    select: (members) => people(members.filter(({ user }) => user.id === id)),
  });
  return personAmong(cache, roomId, data, id);
}

/** Who they are: all that stays the same when somebody reads or goes offline. */
function people(members: readonly Schema<'Member'>[]): Schema<'UserSummary'>[] {
  return members.map(({ user }) => user);
}

function personAmong(
  cache: QueryClient,
  roomId: number,
  users: readonly Schema<'UserSummary'>[] | undefined,
  id: number,
): Schema<'UserSummary'> | undefined {
  const user = users?.find((one) => one.id === id);
  if (user || !users) return user;
  // Nobody leaves the list but by being removed for good; only who has just come is not in it yet.
  const isNew = cache.getQueryData<number[]>(roomKeys.newcomers(roomId))?.includes(id);
  return isNew ? undefined : { id, nickname: '' };
}

/** Somebody has come into a room; the list of its people is asked for in a while. */
export function noteNewcomer(cache: QueryClient, roomId: number, id: number): void {
  cache.setQueryData<number[]>(roomKeys.newcomers(roomId), (known = []) => [...known, id]);
}

/** Opens the direct room with a friend; the mutation's data is the room. */
export function useOpenDirectRoom() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (userId: number) => must(api.POST('/rooms/direct', { body: { userId } })),
    onSuccess: (room) => adoptRoom(cache, room),
  });
}

/** Takes a room as an answer gave it, wherever it is shown. */
export function adoptRoom(cache: QueryClient, room: Room): void {
  cache.setQueryData(roomQuery(room.id).queryKey, (known) => newest(known, room));
  cache.setQueryData(roomsQuery.queryKey, (rooms) => {
    const known = rooms?.find(({ id }) => id === room.id);
    return rooms && withRoom(rooms, newest(known, room));
  });
}

/** Answers may be overtaken by frames and by each other: of each side of a room the later state counts. */
export function newest(known: Room | undefined, room: Room): Room {
  if (!known) return room;
  const { lastSeq, lastRev, lastMessage } = known.lastRev > room.lastRev ? known : room;
  const lastReadSeq = Math.max(known.lastReadSeq, room.lastReadSeq);
  const unread = Math.max(0, lastSeq - lastReadSeq);
  return {
    ...(known.version > room.version ? known : room),
    memberCount: room.memberCount, // No version tells; the answer is the best there is.
    readingsRev: Math.max(known.readingsRev, room.readingsRev),
    ...{ lastSeq, lastRev, lastMessage, lastReadSeq, unread },
  };
}

/** The list with this room as it is now, the latest activity first. */
export function withRoom(rooms: readonly Room[], room: Room): Room[] {
  return byActivity([...rooms.filter(({ id }) => id !== room.id), room]);
}

/** The latest activity first; a room without a message counts from its creation. */
export function byActivity(rooms: readonly Room[]): Room[] {
  return [...rooms].sort((a, b) => activity(b) - activity(a) || b.id - a.id);
}

function activity(room: Room): number {
  return Date.parse(room.lastMessage?.sentAt ?? room.createdAt);
}

/** What a room is called: its title, or the other person of a direct room. */
export function roomName(room: Room): string {
  return room.title ?? personName(room.peer);
}
