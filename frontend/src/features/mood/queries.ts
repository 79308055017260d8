import { queryOptions } from '@tanstack/react-query';
import { api, must } from '@/api/client';

/** The stretches for which a mood can be asked, in days. */
export const periods = [1, 7, 30, 90] as const;
export type Period = (typeof periods)[number];

export const moodKeys = {
  all: ['mood'] as const,
  room: (roomId: number) => ['mood', 'room', roomId] as const,
  week: (week: string | undefined) => ['mood', 'week', week] as const,
};

/** How a conversation felt. Nothing of it is kept: who may see what can change at any time. */
export const moodQuery = (roomId: number, days: Period) =>
  queryOptions({
    queryKey: [...moodKeys.room(roomId), days] as const,
    queryFn: ({ signal }) =>
      must(
        api.GET('/rooms/{roomId}/mood', { params: { path: { roomId }, query: { days } }, signal }),
      ),
    gcTime: 0,
  });

/** A week of my own messages; the present one unless it is named. */
export const reflectionQuery = (week: string | undefined) =>
  queryOptions({
    queryKey: moodKeys.week(week),
    queryFn: ({ signal }) =>
      must(api.GET('/users/me/reflection', { params: { query: week ? { week } : {} }, signal })),
    gcTime: 0,
  });

/** What the messages after this one were like. It is asked for once: its sentence may have its price. */
export const digestQuery = (roomId: number, after: number) =>
  queryOptions({
    queryKey: [...moodKeys.room(roomId), 'digest', after] as const,
    queryFn: ({ signal }) =>
      must(
        api.GET('/rooms/{roomId}/digest', {
          params: { path: { roomId }, query: { after } },
          signal,
        }),
      ),
    staleTime: Infinity,
  });
