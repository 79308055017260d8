import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, must } from '@/api/client';

/** How far back the days go. */
export const spans = [7, 30, 90] as const;
export type Span = (typeof spans)[number];

/** Numbers of a server are looked at, not watched: they come anew so often while their page is seen. */
const often = 30_000;

export const statsQuery = (days: Span) =>
  queryOptions({
    queryKey: ['admin', 'stats', days],
    queryFn: ({ signal }) => must(api.GET('/admin/stats', { params: { query: { days } }, signal })),
    staleTime: 0,
    refetchInterval: often,
    placeholderData: keepPreviousData,
  });

export const healthQuery = queryOptions({
  queryKey: ['admin', 'health'],
  queryFn: ({ signal }) => must(api.GET('/admin/emotion', { signal })),
  staleTime: 0,
  refetchInterval: often,
});
