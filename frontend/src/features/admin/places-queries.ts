import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, must, type Schema } from '@/api/client';
import { useProof } from '@/features/account/reauthenticate';
import { newClientId } from '@/realtime/client-id';

/** What to list, and which page of it. */
export interface PlaceSearch {
  q: string | undefined;
  page: number;
}

const keys = {
  all: ['admin', 'places'] as const,
  stores: ['admin', 'places', 'stores'] as const,
  store: (storeId: number) => ['admin', 'places', 'store', storeId] as const,
  boxes: ['admin', 'places', 'boxes'] as const,
};

export const adminStoresQuery = (search: PlaceSearch) =>
  queryOptions({
    queryKey: [...keys.stores, search],
    queryFn: ({ signal }) => must(api.GET('/admin/stores', { params: { query: search }, signal })),
    placeholderData: keepPreviousData,
  });

export const adminStoreQuery = (storeId: number) =>
  queryOptions({
    queryKey: keys.store(storeId),
    queryFn: ({ signal }) =>
      must(api.GET('/admin/stores/{storeId}', { params: { path: { storeId } }, signal })),
  });

export const adminBoxesQuery = (search: PlaceSearch) =>
  queryOptions({
    queryKey: [...keys.boxes, search],
    queryFn: ({ signal }) => must(api.GET('/admin/boxes', { params: { query: search }, signal })),
    placeholderData: keepPreviousData,
  });

/** A change of stores, menus or boxes; all of their lists are asked for anew, also after a refusal. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const cache = useQueryClient();
  const proven = useProof();
  return useMutation({
    gcTime: 0, // An answer may hold a key, which is shown this once.
    mutationFn: (input: Input) => proven(() => change(input)),
    onSettled: () => void cache.invalidateQueries({ queryKey: keys.all }),
  });
}

/** One key for each opened form: what it adds is added once, however often it is sent. */
function useOnce() {
  const [key] = useState(newClientId);
  return { 'Idempotency-Key': key };
}

/** Adds a store, or changes the one that is named. */
export function useSaveStore(storeId?: number) {
  const header = useOnce();
  return useChange((body: Schema<'StoreInput'>) =>
    storeId === undefined
      ? must(api.POST('/admin/stores', { params: { header }, body }))
      : must(api.PUT('/admin/stores/{storeId}', { params: { path: { storeId } }, body })),
  );
}

export function useRemoveStore() {
  return useChange((storeId: number) =>
    must(api.DELETE('/admin/stores/{storeId}', { params: { path: { storeId } } })),
  );
}

/** Puts a dish on the menu, or changes the one that is named. */
export function useSaveDish(storeId: number, itemId?: number) {
  const header = useOnce();
  return useChange((body: Schema<'MenuItemInput'>) =>
    itemId === undefined
      ? must(
          api.POST('/admin/stores/{storeId}/menu', { params: { path: { storeId }, header }, body }),
        )
      : must(
          api.PUT('/admin/stores/{storeId}/menu/{itemId}', {
            params: { path: { storeId, itemId } },
            body,
          }),
        ),
  );
}

export function useRemoveDish(storeId: number) {
  return useChange((itemId: number) =>
    must(
      api.DELETE('/admin/stores/{storeId}/menu/{itemId}', {
        params: { path: { storeId, itemId } },
      }),
    ),
  );
}

/** Adds a box, or changes the one that is named. */
export function useSaveBox(boxId?: number) {
  const header = useOnce();
  return useChange((body: Schema<'BoxInput'>) =>
    boxId === undefined
      ? must(api.POST('/admin/boxes', { params: { header }, body }))
      : must(api.PUT('/admin/boxes/{boxId}', { params: { path: { boxId } }, body })),
  );
}

export function useRemoveBox() {
  return useChange((boxId: number) =>
    must(api.DELETE('/admin/boxes/{boxId}', { params: { path: { boxId } } })),
  );
}

/** Makes a new key; the one before stops working. */
export function useNewBoxKey() {
  return useChange((boxId: number) =>
    must(api.POST('/admin/boxes/{boxId}/key', { params: { path: { boxId } } })),
  );
}
