import { useQuery, useQueryClient } from '@tanstack/react-query';

/**
 * The way through a list whose pages are found by cursors. The cursors that led here are kept for the question they belong to, so that one
 * can go back, also after a look at something on the page; another question begins at its first page.
 */
export function useCursorPages(question: readonly unknown[]) {
  const cache = useQueryClient();
  const queryKey = ['admin', 'cursors', ...question];
  const { data: cursors = [] } = useQuery<string[]>({
    queryKey,
    queryFn: () => [],
    enabled: false,
  });
  const go = (to: string[]) => cache.setQueryData<string[]>(queryKey, to);
  return {
    page: cursors.length + 1,
    cursor: cursors.at(-1),
    back: cursors.length > 0 ? () => go(cursors.slice(0, -1)) : undefined,
    forward: (next: string | null) => (next ? () => go([...cursors, next]) : undefined),
  };
}
