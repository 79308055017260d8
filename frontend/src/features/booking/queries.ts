import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';

type Area = Schema<'Area'>;

export const bookingKeys = {
  areas: (query: string) => ['booking', 'areas', query] as const,
  boxes: (zip: string) => ['booking', 'boxes', zip] as const,
  stores: (search: StoreSearch) => ['booking', 'stores', search] as const,
};

/** Neighbourhoods by the start of their name or by zip code. One of several zip codes is as good as any: boxes go by neighbourhood. */
export const areasQuery = (query: string) =>
  queryOptions({
    queryKey: bookingKeys.areas(query),
    queryFn: async ({ signal }) =>
      oneEach((await must(api.GET('/areas', { params: { query: { q: query } }, signal }))).items),
    enabled: query !== '',
    staleTime: 10 * 60_000, // Neighbourhoods do not move.
  });

function oneEach(areas: readonly Area[]): Area[] {
  const first = new Map<string, Area>();
  for (const area of areas) if (!first.has(areaKey(area))) first.set(areaKey(area), area);
  return [...first.values()];
}

/** Names repeat across the country; only the three together name one place. */
export function areaKey({ province, district, neighbourhood }: Area): string {
  return `${province}/${district}/${neighbourhood}`;
}

/** The boxes of a neighbourhood, also those that cannot be booked now; asked anew wherever it matters who was faster. */
export const boxesQuery = (zip: string) =>
  queryOptions({
    queryKey: bookingKeys.boxes(zip),
    queryFn: async ({ signal }) =>
      (await must(api.GET('/boxes', { params: { query: { zip } }, signal }))).items,
    staleTime: 0,
    refetchInterval: 30_000,
  });

/** Where and what to look for. */
export interface StoreSearch {
  lat: number;
  lng: number;
  category?: Schema<'StoreCategory'> | undefined;
  text: string;
}

/** Stores around a place, the nearest first, page after page. */
export const storesQuery = (search: StoreSearch) =>
  infiniteQueryOptions({
    queryKey: bookingKeys.stores(search),
    queryFn: ({ pageParam, signal }) => {
      const { lat, lng, category, text } = search;
      const query = { lat, lng, category, q: text || undefined, page: pageParam };
      return must(api.GET('/stores', { params: { query }, signal }));
    },
    initialPageParam: 1,
    getNextPageParam: ({ page, size, total }) => (page * size < total ? page + 1 : undefined),
    select: ({ pages }) => ({
      stores: pages.flatMap(({ items }) => items),
      total: pages.at(-1)?.total ?? 0,
    }),
  });
