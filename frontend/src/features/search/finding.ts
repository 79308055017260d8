import { searchText } from '@/lib/search-text';

/** The longest text that can be searched for, in code points. */
export const LONGEST = 100;

/** What is looked for among the chats and messages, as the URL says it. */
export interface Finding {
  q?: string | undefined;
  /** Only in this room. */
  within?: number | undefined;
}

/** Reads it from the URL and leaves out what makes no sense. */
export function findingOf(search: Record<string, unknown>): Finding {
  const within = Number(search.within);
  return {
    q: searchText(search.q, LONGEST),
    within: Number.isInteger(within) && within > 0 ? within : undefined,
  };
}
