import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Schema } from '@/api/client';
import { phases } from '@/features/rooms/phases';
import { searchText } from '@/lib/search-text';

/** Which open rooms are looked for, as the URL says it; what is undefined does not matter. */
export interface DiscoverFilter {
  q?: string | undefined;
  zip?: string | undefined;
  phase?: Schema<'Phase'> | undefined;
  hasSeat?: true | undefined;
  withoutPassword?: true | undefined;
  page?: number | undefined;
}

/** Reads the filter from the URL and leaves out what makes no sense. */
export function discoverFilter(search: Record<string, unknown>): DiscoverFilter {
  // The router reads what looks like a number as one, and zip codes may.
  const zip = searchText(search.zip, 60)?.padStart(5, '0');
  const page = Number(search.page);
  return {
    q: searchText(search.q, 60),
    zip: zip && /^\d{5}$/.test(zip) ? zip : undefined,
    phase: phases.find((phase) => phase === search.phase),
    hasSeat: search.hasSeat === true ? true : undefined,
    withoutPassword: search.withoutPassword === true ? true : undefined,
    page: Number.isInteger(page) && page > 1 && page <= 10_000 ? page : undefined,
  };
}

/** Whether rooms are left out. */
export function isNarrowed(filter: DiscoverFilter): boolean {
  const { q, zip, phase, hasSeat, withoutPassword } = filter;
  return [q, zip, phase, hasSeat, withoutPassword].some((value) => value !== undefined);
}

/** The filter in the URL, and how to change it. Beside other pages than its own it is empty, and a change leads to its own. */
export function useDiscoverFilter() {
  const navigate = useNavigate();
  const filter: DiscoverFilter =
    useSearch({ from: '/shell/discover', shouldThrow: false }) ?? ({} as const);
  const change = (to: DiscoverFilter) =>
    void navigate({
      to: '/discover',
      search: { ...filter, page: undefined, ...to },
      replace: true,
    });
  return { filter, change };
}
