import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import { meQuery, useMe } from '@/features/account/queries';
import { applyRows, messageKeys, showReading } from '@/features/messages/queries';
import { roomQuery, roomsQuery, useRoom } from '@/features/rooms/queries';
import { usePreferences } from '@/lib/use-preferences';

type Reading = Schema<'Reading'>;

export const emotionKeys = {
  all: ['emotion'] as const,
  mode: ['emotion', 'mode'] as const,
};

/** Whether and by what the server reads messages at all; the operator rarely changes it. */
export const emotionQuery = queryOptions({
  queryKey: emotionKeys.mode,
  queryFn: ({ signal }) => must(api.GET('/emotion', { signal })),
  staleTime: 10 * 60_000,
});

/** What the operator chose; undefined as long as nobody knows. */
export function useEmotionMode(): Schema<'EmotionMode'> | undefined {
  return useQuery(emotionQuery).data;
}

/** Whether a draft of mine in this room may be read for a hint: everybody who has a say says yes, and I want to see it. */
export function usePreviewAllowed(roomId: number): boolean {
  const mode = useEmotionMode();
  const { showReadings, shareReadings } = useMe();
  const { data: room } = useRoom(roomId);
  const { preview } = usePreferences();
  return (
    preview &&
    showReadings &&
    shareReadings !== 'off' &&
    mode !== undefined &&
    mode.mode !== 'off' &&
    room !== undefined &&
    room.readings !== 'off'
  );
}

/** How a draft may read; nothing of it stays, here or there. */
export function fetchPreview(roomId: number, text: string, signal: AbortSignal) {
  return must(api.POST('/emotion/preview', { body: { roomId, text }, signal }));
}

interface Word {
  correction: Schema<'Correction'>;
  /** What is shown until the server answers. */
  shown: Reading;
}

/** Says how a message of mine was meant, or takes that back with null. One word after the other, so that the last one counts. */
export function useCorrectReading(roomId: number, seq: number, onRefused: (error: Error) => void) {
  const cache = useQueryClient();
  const path = '/rooms/{roomId}/messages/{seq}/reading';
  const params = { path: { roomId, seq } };
  return useMutation({
    scope: { id: `reading ${roomId} ${seq}` },
    mutationFn: (word: Word | null) =>
      must(word ? api.PUT(path, { params, body: word.correction }) : api.DELETE(path, { params })),
    onMutate: (word) => word && { before: showReading(cache, roomId, seq, word.shown) },
    onSuccess: (message) => applyRows(cache, roomId, [message]),
    onError: (error, word, context) => {
      if (word && context) showReading(cache, roomId, seq, context.before);
      onRefused(error);
    },
  });
}

/** Puts away the notice that messages are read here. It goes at once, and comes back when the server was not told. */
export function useDismissNotice(roomId: number, onRefused: (error: Error) => void) {
  const cache = useQueryClient();
  const show = (readingsNotice: boolean) => {
    const change = (room: Schema<'Room'>) =>
      room.id === roomId ? { ...room, readingsNotice } : room;
    cache.setQueryData(roomQuery(roomId).queryKey, (room) => room && change(room));
    cache.setQueryData(roomsQuery.queryKey, (rooms) => rooms?.map(change));
  };
  return useMutation({
    mutationFn: () =>
      must(api.DELETE('/rooms/{roomId}/readings-notice', { params: { path: { roomId } } })),
    onMutate: () => show(false),
    onError: (error) => {
      show(true);
      onRefused(error);
    },
  });
}

/** Forgets what my corrections taught. */
export function useResetCalibration() {
  return useMutation({ mutationFn: () => must(api.DELETE('/users/me/calibration')) });
}

/** Forgets all readings of my messages; conversations are fetched anew when they are opened. */
export function useForgetReadings() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => must(api.DELETE('/users/me/readings')),
    onSuccess: async () => {
      await cache.resetQueries({ queryKey: messageKeys.threads });
      await cache.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
}

/** Everything that is kept of my readings, as a file. */
export function useExportReadings() {
  return useMutation({
    mutationFn: () => must(api.GET('/users/me/readings', { parseAs: 'blob' })),
  });
}
