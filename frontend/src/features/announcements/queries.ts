import {
  infiniteQueryOptions,
  queryOptions,
  useMutation,
  useQueryClient,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';

type Announcement = Schema<'Announcement'>;
type Page = Schema<'AnnouncementList'>;

export const announcementKeys = {
  all: ['announcements'] as const,
  list: ['announcements', 'list'] as const,
  unread: ['announcements', 'unread'] as const,
};

const none: Announcement[] = [];

/** What came while this page was open, or before and is the newest, and was not put away yet; the newest first. */
export const arrivedQuery = queryOptions({
  queryKey: ['arrived announcements'],
  queryFn: () => none,
  initialData: none,
  staleTime: Infinity,
  enabled: false, // The socket knows, and whoever counts those that are unread.
});

/** How many announcements I have not read. The socket brings each to those who are here then, so what a page missed it learns here. */
export const unreadQuery = queryOptions({
  queryKey: announcementKeys.unread,
  queryFn: async ({ signal, client }) => {
    const query = { size: 1 };
    const { items, unread } = await must(api.GET('/announcements', { params: { query }, signal }));
    for (const newest of items) if (newest.readAt === null) applyNotice(client, newest);
    return unread;
  },
});

/** All that was announced to me, the newest first. */
export const announcementsQuery = infiniteQueryOptions({
  queryKey: announcementKeys.list,
  queryFn: ({ pageParam: cursor, signal }) => {
    const query = cursor ? { cursor } : {};
    return must(api.GET('/announcements', { params: { query }, signal }));
  },
  initialPageParam: '',
  getNextPageParam: ({ next }: Page) => next,
});

/** Something was announced. How many are unread the server tells when it is asked next. */
export function applyNotice(cache: QueryClient, announcement: Announcement): void {
  cache.setQueryData(arrivedQuery.queryKey, (arrived = none) =>
    [announcement, ...arrived.filter(({ id }) => id !== announcement.id)].sort(
      (a, b) => Date.parse(b.publishedAt) - Date.parse(a.publishedAt) || b.id - a.id,
    ),
  );
}

/** An announcement was read, here or in another tab. */
export function applyRead(cache: QueryClient, announcementId: number): void {
  cache.setQueryData(arrivedQuery.queryKey, (arrived = none) =>
    arrived.filter(({ id }) => id !== announcementId),
  );
  const readAt = new Date().toISOString();
  cache.setQueryData<InfiniteData<Page, string>>(
    announcementKeys.list,
    (list) =>
      list && {
        ...list,
        pages: list.pages.map((page) => ({
          ...page,
          items: page.items.map((item) =>
            item.id === announcementId ? { ...item, readAt: item.readAt ?? readAt } : item,
          ),
        })),
      },
  );
}

/** What the tabs of one browser tell each other. */
interface Word {
  read: number;
}
const CHANNEL = 'emosation.announcements';

/** Hears what other tabs have read; returns how to stop. */
export function hearOfReads(cache: QueryClient): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<Word>) => {
    applyRead(cache, data.read);
    void cache.invalidateQueries({ queryKey: announcementKeys.unread });
  };
  return () => channel.close();
}

/** Marks announcements as read, one after the other. One that the server did not hear of stays unread. */
export function useReadAnnouncement() {
  const cache = useQueryClient();
  return useMutation({
    scope: { id: 'read announcements' },
    mutationFn: (announcementId: number) =>
      must(
        api.PUT('/announcements/{announcementId}/read', { params: { path: { announcementId } } }),
      ),
    onMutate: (announcementId) => applyRead(cache, announcementId),
    onSuccess: (_nothing, announcementId) => {
      const channel = new BroadcastChannel(CHANNEL);
      channel.postMessage({ read: announcementId } satisfies Word);
      channel.close();
    },
    onSettled: () => cache.invalidateQueries({ queryKey: announcementKeys.unread }),
    onError: () => cache.invalidateQueries({ queryKey: announcementKeys.list }),
  });
}
