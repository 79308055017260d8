import type { QueryClient } from '@tanstack/react-query';
import { meQuery } from '@/features/account/queries';
import { quiet, roomNowQuery, type Crowd, type RoomNow } from '@/features/messages/queries';
import { roomKeys } from '@/features/rooms/queries';
import type { Envelope } from '@/realtime/envelopes';

/** How long somebody counts as typing after the last word of it, in milliseconds. */
export const TYPING_FOR = 5000;

/** Somebody looks at a room, or looks away; of a crowd only how many look. */
export function applyLooking(
  cache: QueryClient,
  envelope: Envelope<'enter'> | Envelope<'close'>,
): void {
  const { room: roomId, type } = envelope;
  if (type === 'enter' && envelope.count !== undefined) {
    return changeCrowd(cache, roomId, { looking: envelope.count });
  }
  const users = named(cache, roomId, envelope);
  if (users.length === 0) return;
  changeNow(cache, roomId, (now) =>
    users.reduce((then, user) => seen(then, user, type === 'enter'), now),
  );
}

export function applyTyping(cache: QueryClient, envelope: Envelope<'typing'>): void {
  const { room: roomId, count } = envelope;
  const until = Date.now() + TYPING_FOR;
  if (count !== undefined) return changeCrowd(cache, roomId, { typing: { count, until } });
  const me = cache.getQueryData(meQuery.queryKey)?.id;
  const others = named(cache, roomId, envelope).filter((user) => user !== me);
  if (others.length === 0) return;
  changeNow(cache, roomId, (now) => ({
    ...now,
    typing: { ...now.typing, ...Object.fromEntries(others.map((user) => [user, until])) },
  }));
}

/** Who looks at a room, or how many, as the answer to `enter` says it. */
export function applyViewers(cache: QueryClient, envelope: Envelope<'entered'>): void {
  const { room: roomId, viewers, viewerCount, readCounts } = envelope;
  if (viewerCount === undefined && readCounts === undefined) {
    endCrowd(cache, roomId);
    return changeNow(cache, roomId, (now) => ({ ...now, viewers }));
  }
  changeCrowd(cache, roomId, {
    ...(viewerCount !== undefined && { looking: viewerCount }),
    ...(readCounts !== undefined && { reads: readCounts }),
  });
}

/** How many members of a crowd have read how far. */
export function applyReadCounts(
  cache: QueryClient,
  roomId: number,
  reads: NonNullable<Crowd['reads']>,
): void {
  changeCrowd(cache, roomId, { reads });
}

/** Nobody looks, types or reads there any more. */
export function silence(cache: QueryClient, roomId: number): void {
  changeNow(cache, roomId, () => quiet);
}

/** This person is not there any more. */
export function applyGone(cache: QueryClient, roomId: number, user: number): void {
  changeNow(cache, roomId, (now) => seen(now, user, false));
}

/** Who has sent what they typed is not typing it any more. */
export function applySent(cache: QueryClient, roomId: number, user: number): void {
  changeNow(cache, roomId, (now) => silent(now, user));
}

/** Those whom an envelope names. A room that names people is no crowd, or none any more. */
function named(
  cache: QueryClient,
  roomId: number,
  { user, others = [] }: { user?: number; others?: number[] },
): number[] {
  const users = user === undefined ? others : [user, ...others];
  if (users.length > 0) endCrowd(cache, roomId);
  return users;
}

function changeCrowd(cache: QueryClient, roomId: number, change: Crowd) {
  changeNow(cache, roomId, (now) => ({ ...quiet, crowd: { ...now.crowd, ...change } }));
}

/** From here on people count by name again, and what they have read by then nobody followed. */
function endCrowd(cache: QueryClient, roomId: number) {
  if (!cache.getQueryData(roomNowQuery(roomId).queryKey)?.crowd) return;
  changeNow(cache, roomId, ({ viewers, typing }) => ({ viewers, typing }));
  void cache.invalidateQueries({ queryKey: roomKeys.members(roomId) });
}

function changeNow(cache: QueryClient, roomId: number, change: (now: RoomNow) => RoomNow) {
  cache.setQueryData(roomNowQuery(roomId).queryKey, (now) => change(now ?? quiet));
}

function seen(now: RoomNow, user: number, looks: boolean): RoomNow {
  const others = now.viewers.filter((one) => one !== user);
  if (looks) return { ...now, viewers: [...others, user] };
  return { ...silent(now, user), viewers: others };
}

function silent(now: RoomNow, user: number): RoomNow {
  if (!(user in now.typing)) return now;
  const typing = Object.entries(now.typing).filter(([who]) => Number(who) !== user);
  return { ...now, typing: Object.fromEntries(typing) };
}
