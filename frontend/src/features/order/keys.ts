/** Where orders and menus are kept; apart, because whoever follows a room needs no more of them. */
export const orderKeys = {
  all: ['order'] as const,
  rooms: ['order', 'room'] as const,
  room: (roomId: number) => ['order', 'room', roomId] as const,
  wish: (roomId: number) => ['order', 'wish', roomId] as const,
  store: (storeId: number) => ['order', 'store', storeId] as const,
};
