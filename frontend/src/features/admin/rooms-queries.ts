import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';

/** Which rooms to list; what is undefined does not matter. */
export interface RoomSearch {
  kind?: Schema<'RoomKind'> | undefined;
  state?: Schema<'RoomState'> | undefined;
  phase?: Schema<'Phase'> | undefined;
}

export const adminRoomsQuery = (search: RoomSearch, cursor: string | undefined) =>
  queryOptions({
    queryKey: ['admin', 'rooms', search, cursor],
    queryFn: ({ signal }) =>
      must(api.GET('/admin/rooms', { params: { query: { ...search, cursor } }, signal })),
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
