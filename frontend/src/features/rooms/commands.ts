import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, must, type Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { adoptRoom, membersQuery, roomKeys } from '@/features/rooms/queries';
import { newClientId } from '@/realtime/client-id';

type Room = Schema<'Room'>;

/*
 * What members and hosts do with a group room. The host's changes name the version of the room that was seen: when somebody
 * else was faster, the server refuses (412) instead of undoing theirs.
 */

/** Title, seats, password. */
export function useUpdateRoom(room: Room) {
  return useHostChange(room, (body: Schema<'RoomUpdate'>, params) =>
    must(api.PATCH('/rooms/{roomId}', { params, body })),
  );
}

export function useExtendRoom(room: Room) {
  return useHostChange(room, (hours: number, params) =>
    must(api.POST('/rooms/{roomId}/extensions', { params, body: { hours } })),
  );
}

export function useSetPhase(room: Room) {
  return useHostChange(room, (phase: Schema<'Phase'>, params) =>
    must(api.PUT('/rooms/{roomId}/phase', { params, body: { phase } })),
  );
}

export function useCloseRoom(room: Room) {
  return useHostChange(room, (_nothing: undefined, params) =>
    must(api.POST('/rooms/{roomId}/close', { params })),
  );
}

export function useTransferHost(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (userId: number) =>
      must(api.PUT('/rooms/{roomId}/host', { params: at(roomId), body: { userId } })),
    onSuccess: (room) => adoptRoom(cache, room),
    onError: (error) => lookAgain(cache, roomId, error),
  });
}

/** Puts a member out for ever. */
export function useKick(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (userId: number) =>
      must(
        api.DELETE('/rooms/{roomId}/members/{userId}', { params: { path: { roomId, userId } } }),
      ),
    onSuccess: (_nothing, userId) => {
      cache.setQueryData(membersQuery(roomId).queryKey, (members) =>
        members?.map((member) =>
          member.user.id === userId ? { ...member, state: 'kicked' } : member,
        ),
      );
      void cache.invalidateQueries({ queryKey: roomKeys.one(roomId) });
    },
    onError: (error) => lookAgain(cache, roomId, error),
  });
}

/** Leaving; whoever calls it sees to it that nothing of the room stays. */
export function useLeaveRoom(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => must(api.DELETE('/rooms/{roomId}/members/me', { params: at(roomId) })),
    onError: (error) => lookAgain(cache, roomId, error),
  });
}

/**
 * Lets the server draw so many members; the mutation's data are their ids. Whoever asks for as many again after a lost answer
 * is told whom the first draw chose.
 */
export function useDraw(roomId: number) {
  const cache = useQueryClient();
  const asked = useRef<{ key: string; count: number }>(undefined);
  return useMutation({
    mutationFn: async (count: number) => {
      if (asked.current?.count !== count) asked.current = { key: newClientId(), count };
      const params = { ...at(roomId), header: { 'Idempotency-Key': asked.current.key } };
      return (await must(api.POST('/rooms/{roomId}/draws', { params, body: { count } }))).users;
    },
    onSuccess: () => {
      asked.current = undefined;
    },
    onError: (error) => lookAgain(cache, roomId, error),
  });
}

/** Makes an invite that works for so many hours. Nothing remembers it but whoever shows it. */
export function useCreateInvite(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (hours: number) =>
      must(api.POST('/rooms/{roomId}/invites', { params: at(roomId), body: { hours } })),
    onError: (error) => lookAgain(cache, roomId, error),
    gcTime: 0,
  });
}

export function useRevokeInvites(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => must(api.DELETE('/rooms/{roomId}/invites', { params: at(roomId) })),
    onError: (error) => lookAgain(cache, roomId, error),
  });
}

interface Params {
  path: { roomId: number };
  header: { 'If-Match': string };
}

function useHostChange<Input>(
  { id, version }: Room,
  change: (input: Input, params: Params) => Promise<Room>,
) {
  const cache = useQueryClient();
  const params = { ...at(id), header: { 'If-Match': `"${version}"` } };
  return useMutation({
    mutationFn: (input: Input) => change(input, params),
    onSuccess: (room) => adoptRoom(cache, room),
    onError: (error) => lookAgain(cache, id, error),
  });
}

function at(roomId: number) {
  return { path: { roomId } };
}

/** A refusal says that the room is not as it was shown. */
function lookAgain(cache: QueryClient, roomId: number, error: Error) {
  if (!(error instanceof Problem) || ![403, 404, 409, 412].includes(error.status)) return;
  void cache.invalidateQueries({ queryKey: roomKeys.one(roomId) });
  void cache.invalidateQueries({ queryKey: roomKeys.members(roomId) });
}
