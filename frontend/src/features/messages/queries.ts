import {
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
  type QueryKey,
} from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import {
  find,
  movedTo,
  threadOf,
  withNewer,
  withOlder,
  withReadingNow,
  withReadings,
  withRows,
  withTombstone,
  type Message,
  type MessagePage,
  type Thread,
} from '@/features/messages/thread';

export const messageKeys = {
  all: ['messages'] as const,
  threads: ['messages', 'thread'] as const,
  thread: (roomId: number) => ['messages', 'thread', roomId] as const,
  one: (roomId: number, seq: number) => ['messages', 'one', roomId, seq] as const,
  nows: ['messages', 'now'] as const,
  now: (roomId: number) => ['messages', 'now', roomId] as const,
};

/** The room whose messages have this key, if it is such a key. */
export function roomOfThread(key: QueryKey): number | undefined {
  const [all, kind, room] = key;
  return all === 'messages' && kind === 'thread' && typeof room === 'number' ? room : undefined;
}

/** Who looks at a room and who types in it, this very moment. */
export interface RoomNow {
  readonly viewers: readonly number[];
  /** By user: when to forget it, in milliseconds since 1970. */
  readonly typing: Readonly<Record<number, number>>;
  /** Of a room so large that nobody is named there. */
  readonly crowd?: Crowd;
}

export interface Crowd {
  /** How many look at it, myself included. */
  readonly looking?: number;
  /** How many others are typing, and when to forget it. */
  readonly typing?: { readonly count: number; readonly until: number };
  /** How many have read how far. */
  readonly reads?: readonly Schema<'ReadCount'>[];
}

export const quiet: RoomNow = { viewers: [], typing: {} };

const PAGE = 50;
/** So much history is loaded above the place where a conversation opens. */
const ABOVE = 30;

/**
 * The messages of a room. It is asked for once; from then on the socket keeps it whole (app/apply-frame.ts). It opens
 * around `target`, or at the end of the room.
 */
export const threadQuery = (roomId: number, target?: number) =>
  queryOptions({
    queryKey: messageKeys.thread(roomId),
    queryFn: async ({ signal }): Promise<Thread> => {
      const latest = await fetchPage(roomId, {}, signal);
      const first = latest.items[0]?.seq ?? 0;
      const thread = threadOf(latest, !latest.hasMore);
      if (target === undefined || target >= first || latest.items.length === 0) return thread;
      const { page, atStart } = await fetchAround(roomId, target, signal);
      return movedTo(thread, page, atStart);
    },
    staleTime: Infinity,
    gcTime: 30 * 60_000,
    structuralSharing: false, // Rows keep their identity by themselves, and comparing thousands of them takes its time.
  });

/** One message by itself, for those who quote it. */
export const messageQuery = (roomId: number, seq: number) =>
  queryOptions({
    queryKey: messageKeys.one(roomId, seq),
    queryFn: async ({ client, signal }): Promise<Message | null> => {
      const thread = cachedThread(client, roomId);
      const here = thread && (find(thread.rows, seq) ?? find(thread.strays, seq));
      if (here) return here;
      const { items } = await fetchPage(roomId, { after: seq - 1, limit: 1 }, signal);
      return items.find((message) => message.seq === seq) ?? null;
    },
  });

export const roomNowQuery = (roomId: number) =>
  queryOptions({
    queryKey: messageKeys.now(roomId),
    queryFn: () => quiet,
    initialData: quiet,
    staleTime: Infinity,
    enabled: false, // Only the socket knows.
  });

export function useRoomNow(roomId: number): RoomNow {
  return useQuery(roomNowQuery(roomId)).data;
}

/** New rows of a room: for its thread, and for what quotes them. */
export function applyRows(cache: QueryClient, roomId: number, rows: readonly Message[]): void {
  changeThread(cache, roomId, (thread) => withRows(thread, rows));
  for (const row of rows) {
    cache.setQueryData(messageQuery(roomId, row.seq).queryKey, (quoted) =>
      quoted && quoted.rev < row.rev ? row : quoted,
    );
  }
}

/** Changes the thread if it is here; a room whose messages were never shown needs no upkeep. */
export function changeThread(
  cache: QueryClient,
  roomId: number,
  change: (thread: Thread) => Thread,
): void {
  cache.setQueryData(threadQuery(roomId).queryKey, (thread) => thread && change(thread));
}

export function cachedThread(cache: QueryClient, roomId: number): Thread | undefined {
  return cache.getQueryData(threadQuery(roomId).queryKey);
}

/** The page of history before the first row. */
export async function loadOlder(cache: QueryClient, roomId: number): Promise<void> {
  const thread = cachedThread(cache, roomId);
  const first = thread?.rows[0];
  if (!thread || !first || thread.atStart) return;
  const page = await fetchPage(roomId, { before: first.seq, limit: PAGE });
  changeThread(cache, roomId, (now) => withOlder(now, page));
}

/** The page after the last row, when the rows do not reach to the end of the room. */
export async function loadNewer(cache: QueryClient, roomId: number): Promise<void> {
  const last = cachedThread(cache, roomId)?.rows.at(-1);
  if (!last) return;
  const page = await fetchPage(roomId, { after: last.seq, limit: PAGE });
  changeThread(cache, roomId, (now) => withNewer(now, page));
}

/** Sees to it that this message is among the rows. */
export async function reveal(cache: QueryClient, roomId: number, seq: number): Promise<void> {
  const thread = cachedThread(cache, roomId);
  if (!thread || find(thread.rows, seq)) return;
  const { page, atStart } = await fetchAround(roomId, seq);
  changeThread(cache, roomId, (now) => movedTo(now, page, atStart));
}

/** Shows the end of the room, whatever part was shown before; gives the seq of the last message. */
export async function revealEnd(cache: QueryClient, roomId: number): Promise<number | undefined> {
  const thread = cachedThread(cache, roomId);
  if (thread && !thread.atEnd) {
    const page = await fetchPage(roomId, { limit: PAGE });
    changeThread(cache, roomId, (now) => movedTo(now, page, !page.hasMore));
  }
  return cachedThread(cache, roomId)?.rows.at(-1)?.seq;
}

/** Every message that changed after this rev, by rev; at most 200. */
export function fetchChanges(roomId: number, since: number): Promise<MessagePage> {
  return fetchPage(roomId, { since_rev: since, limit: 200 });
}

/** Shows a reading before the server has it; gives what stood there. */
export function showReading(
  cache: QueryClient,
  roomId: number,
  seq: number,
  reading: Message['reading'],
): Message['reading'] {
  const before = find(cachedThread(cache, roomId)?.rows ?? [], seq)?.reading ?? null;
  changeThread(cache, roomId, (thread) => withReadingNow(thread, seq, reading));
  return before;
}

/** So many pages of readings are fetched anew; further back they are forgotten. */
const READ_ANEW = 5;

/**
 * Fetches the readings of what is loaded anew, because others may see them than before. Those that do not come are forgotten. `stillWanted`
 * tells that no later change has overtaken this one.
 */
export async function renewReadings(
  cache: QueryClient,
  roomId: number,
  stillWanted: () => boolean,
): Promise<void> {
  const rows = cachedThread(cache, roomId)?.rows ?? [];
  const [first, last] = [rows[0]?.seq ?? 0, rows.at(-1)?.seq ?? 0];
  const fetched: Message[] = [];
  try {
    let before = last + 1;
    for (let i = 0; i < READ_ANEW && before > first; i++) {
      const { items, hasMore } = await fetchPage(roomId, { before, limit: 200 });
      fetched.push(...items);
      before = hasMore ? (items[0]?.seq ?? 0) : 0;
    }
  } catch {
    // What was fetched is good; the rest is forgotten.
  }
  if (stillWanted()) changeThread(cache, roomId, (now) => withReadings(now, last, fetched));
}

export function useEditMessage(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ seq, body }: { seq: number; body: string }) =>
      must(
        api.PATCH('/rooms/{roomId}/messages/{seq}', { params: at(roomId, seq), body: { body } }),
      ),
    onSuccess: (message) => applyRows(cache, roomId, [message]),
  });
}

/** Takes back a message of mine. */
export function useDeleteMessage(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (seq: number) =>
      must(api.DELETE('/rooms/{roomId}/messages/{seq}', { params: at(roomId, seq) })),
    onSuccess: (_nothing, seq) => {
      const now = new Date().toISOString();
      changeThread(cache, roomId, (thread) => withTombstone(thread, seq, now));
    },
  });
}

export function useReact(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ seq, emoji, on }: { seq: number; emoji: string; on: boolean }) => {
      const params = { path: { roomId, seq, emoji } };
      const path = '/rooms/{roomId}/messages/{seq}/reactions/{emoji}';
      return must(on ? api.PUT(path, { params }) : api.DELETE(path, { params }));
    },
    onSuccess: (message) => applyRows(cache, roomId, [message]),
  });
}

function at(roomId: number, seq: number) {
  return { path: { roomId, seq } };
}

interface PageQuery {
  before?: number;
  after?: number;
  since_rev?: number;
  limit?: number;
}

function fetchPage(roomId: number, query: PageQuery, signal?: AbortSignal): Promise<MessagePage> {
  const params = { path: { roomId }, query };
  return must(api.GET('/rooms/{roomId}/messages', { params, ...(signal && { signal }) }));
}

/** Some messages before the seq and a page from it on. */
async function fetchAround(roomId: number, seq: number, signal?: AbortSignal) {
  const [above, below] = await Promise.all([
    fetchPage(roomId, { before: seq, limit: ABOVE }, signal),
    fetchPage(roomId, { after: seq - 1, limit: PAGE }, signal),
  ]);
  return {
    page: { ...below, items: [...above.items, ...below.items] },
    atStart: !above.hasMore,
  };
}
