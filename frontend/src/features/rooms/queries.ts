import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';

type Room = Schema<'Room'>;

export const roomKeys = {
  all: ['rooms'] as const,
  list: ['rooms', 'list'] as const,
  one: (roomId: number) => ['rooms', 'one', roomId] as const,
  members: (roomId: number) => ['rooms', 'members', roomId] as const,
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

/** Opens the direct room with a friend; the mutation's data is the room. */
export function useOpenDirectRoom() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (userId: number) => must(api.POST('/rooms/direct', { body: { userId } })),
    onSuccess: (room) => {
      cache.setQueryData(roomQuery(room.id).queryKey, room);
      cache.setQueryData(roomsQuery.queryKey, (rooms) => rooms && withRoom(rooms, room));
    },
  });
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
export function roomName(room: Room): string | undefined {
  return room.title ?? room.peer?.nickname;
}
