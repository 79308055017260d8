import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Schema } from '@/api/client';
import { refreshRoom } from '@/app/refresh-room';
import { meQuery } from '@/features/account/queries';
import { friendKeys, friendsQuery } from '@/features/friends/queries';
import {
  applyRows,
  changeThread,
  quiet,
  roomNowQuery,
  type RoomNow,
} from '@/features/messages/queries';
import { orderKeys } from '@/features/order/queries';
import { noted, withChanges, withReading } from '@/features/messages/thread';
import {
  byActivity,
  membersQuery,
  roomKeys,
  roomQuery,
  roomsQuery,
} from '@/features/rooms/queries';
import { applyToFound } from '@/features/search/queries';
import type { Envelope, ServerEnvelope } from '@/realtime/envelopes';

type Room = Schema<'Room'>;
type ReadMark = Schema<'ReadMark'>;

/** How long somebody counts as typing after the last word of it, in milliseconds. */
export const TYPING_FOR = 5000;

/** What to do when a room is not mine any more. */
type Leave = (roomId: number, why: 'left' | 'kicked') => void;

/** Brings the cache up to date with what the server said. An envelope that is new in the contract does not compile until it stands here. */
export function applyFrame(cache: QueryClient, envelope: ServerEnvelope, leave: Leave): void {
  switch (envelope.type) {
    case 'message':
      return applyMessage(cache, envelope);
    case 'entered':
      return applyEntered(cache, envelope);
    case 'ack':
      // The row itself comes as a message; should it get lost, the noted rev has it fetched.
      return changeThread(cache, envelope.room, (thread) =>
        noted(thread, { lastSeq: envelope.seq, lastRev: envelope.rev }),
      );
    case 'reading':
      return changeThread(cache, envelope.room, (thread) => withReading(thread, envelope));
    case 'read':
      return applyReads(cache, envelope.room, marksOf(envelope));
    case 'enter':
    case 'close':
      return changeNow(cache, envelope.room, (now) =>
        peopleOf(envelope).reduce((then, user) => seen(then, user, envelope.type === 'enter'), now),
      );
    case 'typing':
      return applyTyping(cache, envelope);
    case 'room':
      return applyRoom(cache, envelope, leave);
    case 'presence':
      return applyPresence(cache, envelope);
    case 'friend':
      return void cache.invalidateQueries({ queryKey: friendKeys.all });
    case 'error': // The outbox answers for its messages; nothing else that we send can be refused and matter.
    case 'notice': // Announcements have no place to be shown yet.
    case 'bye': // The socket's own business.
      return;
    default:
      envelope satisfies never;
  }
}

function applyMessage(cache: QueryClient, { room: roomId, message }: Envelope<'message'>) {
  applyRows(cache, roomId, [message]);
  applyToFound(cache, roomId, message);
  // A system line stands in somebody's name, but they need not have been here to cause it.
  const written = message.kind === 'text';
  if (written) changeNow(cache, roomId, (now) => silent(now, message.sender));
  changeRoom(cache, roomId, (room) => {
    const { lastMessage } = room;
    const isLast =
      !lastMessage ||
      message.seq > lastMessage.seq ||
      (message.seq === lastMessage.seq && message.rev > lastMessage.rev);
    return counted({
      ...room,
      lastSeq: Math.max(room.lastSeq, message.seq),
      lastRev: Math.max(room.lastRev, message.rev),
      lastMessage: isLast ? message : lastMessage,
    });
  });
  // Who writes has read up to what they write.
  if (written) applyReads(cache, roomId, [{ user: message.sender, seq: message.seq }]);
  const rooms = cache.getQueryData(roomsQuery.queryKey);
  if (rooms && !rooms.some(({ id }) => id === roomId)) {
    void cache.invalidateQueries({ queryKey: roomKeys.list });
  }
}

function applyEntered(cache: QueryClient, envelope: Envelope<'entered'>) {
  const { room: roomId, messages, lastSeq, lastRev, hasMore, viewers, reads } = envelope;
  // A room is only ever entered with the rev of its thread, and that never falls: so the rows begin where the thread ends.
  changeThread(cache, roomId, (thread) =>
    withChanges(thread, thread.rev, { items: messages, lastSeq, lastRev, hasMore }),
  );
  changeNow(cache, roomId, (now) => ({ ...now, viewers }));
  applyReads(cache, roomId, reads);
}

/** Moves read marks up; they never move back, whatever comes late. */
export function applyReads(cache: QueryClient, roomId: number, reads: readonly ReadMark[]): void {
  cache.setQueryData(membersQuery(roomId).queryKey, (members) => {
    const moved = members?.map((member) => {
      const mark = reads.find(({ user }) => user === member.user.id);
      return mark && mark.seq > member.lastReadSeq ? { ...member, lastReadSeq: mark.seq } : member;
    });
    return moved?.some((member, i) => member !== members?.[i]) ? moved : undefined;
  });
  askAgain(cache, roomKeys.members(roomId));
  const me = cache.getQueryData(meQuery.queryKey)?.id;
  const mine = reads.find(({ user }) => user === me);
  if (!mine) return;
  changeRoom(cache, roomId, (room) =>
    mine.seq > room.lastReadSeq ? counted({ ...room, lastReadSeq: mine.seq }) : room,
  );
}

function applyTyping(cache: QueryClient, envelope: Envelope<'typing'>) {
  const me = cache.getQueryData(meQuery.queryKey)?.id;
  const until = Date.now() + TYPING_FOR;
  const others = peopleOf(envelope).filter((user) => user !== me);
  if (others.length === 0) return;
  changeNow(cache, envelope.room, (now) => ({
    ...now,
    typing: { ...now.typing, ...Object.fromEntries(others.map((user) => [user, until])) },
  }));
}

/** Those whom an envelope names; a crowd's names nobody. */
function peopleOf({ user, others = [] }: { user?: number; others?: number[] }): number[] {
  return user === undefined ? others : [user, ...others];
}

function marksOf({ user, seq, others = [] }: Envelope<'read'>): ReadMark[] {
  return user === undefined || seq === undefined ? others : [{ user, seq }, ...others];
}

function applyRoom(cache: QueryClient, envelope: Envelope<'room'>, leave: Leave) {
  const { room: roomId, change, state, user } = envelope;
  const isMe = user === undefined || user === cache.getQueryData(meQuery.queryKey)?.id;
  switch (change) {
    case 'joined':
      if (isMe) return void cache.invalidateQueries({ queryKey: roomKeys.list });
      return refreshRoom(cache, roomId);
    case 'left':
    case 'kicked':
      if (isMe) return leave(roomId, change);
      changeMember(cache, roomId, user, (member) => ({ ...member, state: change }));
      changeNow(cache, roomId, (now) => seen(now, user, false));
      return refreshRoom(cache, roomId);
    case 'host':
      changeRoom(cache, roomId, (room) => ({ ...room, host: user ?? room.host }));
      return refreshRoom(cache, roomId);
    case 'settings':
    case 'phase':
    case 'extended':
      return refreshRoom(cache, roomId);
    case 'order':
      return void cache.invalidateQueries({ queryKey: orderKeys.room(roomId) });
    case 'closed':
    case 'state':
      changeRoom(cache, roomId, (room) => ({ ...room, state }));
      if (state !== 'open') changeNow(cache, roomId, () => quiet);
      return refreshRoom(cache, roomId);
    default:
      change satisfies never;
  }
}

function applyPresence(cache: QueryClient, { user, online }: Envelope<'presence'>) {
  cache.setQueryData(friendsQuery.queryKey, (friends) =>
    friends?.map((friend) => (friend.user.id === user ? { ...friend, online } : friend)),
  );
  askAgain(cache, friendKeys.list);
  const members = cache.getQueryCache().findAll({ queryKey: ['rooms', 'members'] });
  for (const { queryKey } of members) {
    cache.setQueryData<Schema<'Member'>[]>(queryKey, (all) =>
      all?.map((member) => (member.user.id === user ? { ...member, online } : member)),
    );
  }
}

function changeMember(
  cache: QueryClient,
  roomId: number,
  user: number,
  change: (member: Schema<'Member'>) => Schema<'Member'>,
) {
  cache.setQueryData(membersQuery(roomId).queryKey, (members) =>
    members?.map((member) => (member.user.id === user ? change(member) : member)),
  );
}

/** The room in the list and by itself. */
function changeRoom(cache: QueryClient, roomId: number, change: (room: Room) => Room) {
  cache.setQueryData(roomQuery(roomId).queryKey, (room) => {
    const changed = room && change(room);
    return changed === room ? undefined : changed;
  });
  cache.setQueryData(roomsQuery.queryKey, (rooms) => {
    const room = rooms?.find(({ id }) => id === roomId);
    if (!rooms || !room) return undefined;
    const changed = change(room);
    if (changed === room) return undefined;
    return byActivity(rooms.map((one) => (one === room ? changed : one)));
  });
  askAgain(cache, roomKeys.list);
  askAgain(cache, roomKeys.one(roomId));
}

/** An answer that is under way may be older than what was just applied, and would undo it: ask anew. */
function askAgain(cache: QueryClient, queryKey: QueryKey) {
  if (cache.isFetching({ queryKey, exact: true }))
    void cache.invalidateQueries({ queryKey, exact: true });
}

function counted(room: Room): Room {
  return { ...room, unread: Math.max(0, room.lastSeq - room.lastReadSeq) };
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
