import { infiniteQueryOptions, type InfiniteData, type QueryClient } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';

type Message = Schema<'Message'>;
type Page = Schema<'MessageMatchPage'>;
type Match = Schema<'MessageMatch'>;

/** What is searched for, and in which room; in all of mine without one. */
export interface Search {
  q: string;
  roomId?: number | undefined;
}

export const searchKeys = {
  all: ['search'] as const,
  messages: (search: Search) => ['search', 'messages', search] as const,
};

/** The messages that hold every word, the newest first. What was found before stays until there is something new to show. */
export const foundQuery = ({ q, roomId }: Search) =>
  infiniteQueryOptions({
    queryKey: searchKeys.messages({ q, roomId }),
    queryFn: ({ pageParam: cursor, signal }) => {
      const query = { q, ...(roomId && { roomId }), ...(cursor && { cursor }) };
      return must(api.GET('/search/messages', { params: { query }, signal }));
    },
    initialPageParam: '',
    refetchOnReconnect: true, // Nothing live brings it up to date.
    getNextPageParam: ({ next }: Page) => next,
    placeholderData: (before, query) => (query?.queryKey[2].roomId === roomId ? before : undefined),
  });

/** A message is this now: what was found shows it so, or no longer. */
export function applyToFound(cache: QueryClient, roomId: number, row: Message): void {
  for (const { queryKey } of cache.getQueryCache().findAll({ queryKey: searchKeys.all })) {
    const found = cache
      .getQueryData<InfiniteData<Page, string>>(queryKey)
      ?.pages.flatMap(({ items }) => items)
      .find(({ room, message }) => room === roomId && message.seq === row.seq);
    if (!found || found.message.rev >= row.rev) continue;
    // Whether its new words match, and where, only the server knows.
    if (!row.deletedAt && row.body !== found.message.body) {
      void cache.invalidateQueries({ queryKey });
    }
    const now = row.deletedAt ? [] : [{ ...found, message: row }];
    changeFound(cache, queryKey, (match) => (match === found ? now : [match]));
  }
}

/** A message shows another reading, or none any more. */
export function applyReadingToFound(
  cache: QueryClient,
  roomId: number,
  { seq, rev, reading }: Pick<Message, 'seq' | 'rev' | 'reading'>,
): void {
  const now = (match: Match): Match[] =>
    match.room === roomId && match.message.seq === seq && match.message.rev < rev
      ? [{ ...match, message: { ...match.message, reading } }]
      : [match];
  for (const { queryKey } of cache.getQueryCache().findAll({ queryKey: searchKeys.all })) {
    changeFound(cache, queryKey, now);
  }
}

/** The room is not mine any more, and what was said there is not mine to see. */
export function forgetFound(cache: QueryClient, roomId: number): void {
  for (const { queryKey } of cache.getQueryCache().findAll({ queryKey: searchKeys.all })) {
    changeFound(cache, queryKey, (match) => (match.room === roomId ? [] : [match]));
  }
}

function changeFound(
  cache: QueryClient,
  queryKey: readonly unknown[],
  change: (match: Match) => Match[],
) {
  cache.setQueryData<InfiniteData<Page, string>>(
    queryKey,
    (found) =>
      found && {
        ...found,
        pages: found.pages.map((page) => ({ ...page, items: page.items.flatMap(change) })),
      },
  );
}
