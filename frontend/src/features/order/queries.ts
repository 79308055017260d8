import {
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import { orderKeys } from '@/features/order/keys';
import { wishOf, type Wish } from '@/features/order/wish';
import { roomKeys } from '@/features/rooms/queries';

type Order = Schema<'Order'>;

/** What the members of a pickup room chose, and what each pays. */
export const orderQuery = (roomId: number) =>
  queryOptions({
    queryKey: orderKeys.room(roomId),
    queryFn: ({ signal }) =>
      must(api.GET('/rooms/{roomId}/order', { params: { path: { roomId } }, signal })),
  });

/** A store and what can be chosen there. */
export const menuQuery = (storeId: number) =>
  queryOptions({
    queryKey: orderKeys.store(storeId),
    queryFn: ({ signal }) =>
      must(api.GET('/stores/{storeId}', { params: { path: { storeId } }, signal })),
  });

/** What I want to have chosen and the server does not know yet. */
const wishQuery = (roomId: number) =>
  queryOptions<Wish | null>({
    queryKey: orderKeys.wish(roomId),
    queryFn: () => null,
    initialData: null,
    staleTime: Infinity,
    enabled: false, // Only this browser knows.
  });

/**
 * Choosing, shown at once and saved behind it: at most one request is under way, and the latest wish wins. When one is refused, the
 * wish is dropped and what the server has is shown again.
 */
export function useChoose(roomId: number, me: number, onError: (error: Error) => void) {
  const cache = useQueryClient();
  const { data: wish } = useQuery(wishQuery(roomId));
  const mutationKey = orderKeys.wish(roomId);
  const { mutate } = useMutation({
    mutationKey,
    mutationFn: () => saveLatest(cache, roomId),
    onError,
  });
  const choose = (change: (wish: Wish) => Wish) => {
    const selections = cache.getQueryData(orderQuery(roomId).queryKey)?.selections;
    const now =
      cache.getQueryData(wishQuery(roomId).queryKey) ??
      wishOf(selections?.find(({ user }) => user === me));
    cache.setQueryData(wishQuery(roomId).queryKey, change(now));
    if (cache.isMutating({ mutationKey }) === 0) mutate();
  };
  return { wish, choose };
}

async function saveLatest(cache: QueryClient, roomId: number): Promise<void> {
  const { queryKey } = wishQuery(roomId);
  try {
    for (;;) {
      const wish = cache.getQueryData(queryKey);
      if (!wish) return;
      const params = { path: { roomId } };
      const order = await must(api.PUT('/rooms/{roomId}/order/selection', { params, body: wish }));
      if (cache.getQueryData(queryKey) !== wish) continue; // It has changed meanwhile.
      applyOrder(cache, roomId, order);
      cache.setQueryData(queryKey, null);
      return;
    }
  } catch (error) {
    cache.setQueryData(queryKey, null);
    void cache.invalidateQueries({ queryKey: orderKeys.all }); // Its menu, too: a dish may have left it.
    throw error;
  }
}

/** Fixes the order and everybody's share; for the host. */
export function useConfirmOrder(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () =>
      must(api.PUT('/rooms/{roomId}/order/confirmation', { params: { path: { roomId } } })),
    onSuccess: (order) => {
      applyOrder(cache, roomId, order);
      void cache.invalidateQueries({ queryKey: roomKeys.one(roomId) }); // Its phase goes on with it.
    },
    onError: () => cache.invalidateQueries({ queryKey: orderKeys.all }),
  });
}

/** Says that I have what I ordered. */
export function useConfirmReceipt(roomId: number) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () =>
      must(api.PUT('/rooms/{roomId}/order/receipt', { params: { path: { roomId } } })),
    onSuccess: (order) => applyOrder(cache, roomId, order),
  });
}

/** A new code of mine for the booked box. Nothing remembers it but whoever shows it. */
export function useBoxCode(roomId: number) {
  return useMutation({
    mutationFn: () => must(api.POST('/rooms/{roomId}/box-code', { params: { path: { roomId } } })),
    gcTime: 0,
  });
}

function applyOrder(cache: QueryClient, roomId: number, order: Order) {
  const { queryKey } = orderQuery(roomId);
  cache.setQueryData(queryKey, order);
  // An answer under way may be older than this one, and would undo it.
  if (cache.isFetching({ queryKey, exact: true })) {
    void cache.invalidateQueries({ queryKey, exact: true });
  }
}
