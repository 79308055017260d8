import { numberOf } from '@/features/admin/choices';
import type { PlaceSearch } from '@/features/admin/places-queries';
import { useFilter } from '@/features/admin/use-filter';
import { searchText } from '@/lib/search-text';
import { useTypedSearch } from '@/lib/use-typed-search';

/** A list of places by name and page, as the address says it. */
export function usePlaceSearch(page: '/admin/stores' | '/admin/boxes') {
  const { said, change, clear } = useFilter(page);
  const search: PlaceSearch = {
    q: searchText(said.q, 60),
    page: Math.min(numberOf(said.page) ?? 1, 10_000),
  };
  const typed = useTypedSearch(search.q ?? '', (q) => change({ q: q || undefined }));
  /** The ways to the pages beside one of so many entries. */
  const pages = ({ page: here, size, total }: { page: number; size: number; total: number }) => {
    const last = Math.max(1, Math.ceil(total / size));
    const to = (number: number) => () => change({ page: number > 1 ? number : undefined });
    return {
      page: here,
      last,
      onBack: here > 1 ? to(Math.min(here - 1, last)) : undefined,
      onForward: here < last ? to(here + 1) : undefined,
    };
  };
  return { search, typed, pages, clear };
}
