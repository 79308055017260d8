import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Schema } from '@/api/client';
import {
  applyGone,
  applyLooking,
  applyReadCounts,
  applySent,
  applyTyping,
  applyViewers,
  silence,
} from '@/app/apply-now';
import { refreshAnnouncements, refreshPeople, refreshRoom } from '@/app/refresh-room';
import { meQuery } from '@/features/account/queries';
import { applyNotice } from '@/features/announcements/queries';
import { friendKeys, friendsQuery } from '@/features/friends/queries';
import { applyRows, changeThread, roomNowQuery } from '@/features/messages/queries';
import { orderKeys } from '@/features/order/keys';
import { noted, withChanges, withReading } from '@/features/messages/thread';
import {
  byActivity,
  membersQuery,
  noteNewcomer,
  roomKeys,
  roomQuery,
  roomsQuery,
} from '@/features/rooms/queries';
import { applyReadingToFound, applyToFound } from '@/features/search/queries';
import type { Envelope, ServerEnvelope } from '@/realtime/envelopes';

type Room = Schema<'Room'>;
type ReadMark = Schema<'ReadMark'>;

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
      changeThread(cache, envelope.room, (thread) => withReading(thread, envelope));
      return applyReadingToFound(cache, envelope.room, envelope);
    case 'read':
      return applyRead(cache, envelope);
    case 'enter':
    case 'close':
      return applyLooking(cache, envelope);
    case 'typing':
      return applyTyping(cache, envelope);
    case 'room':
      return applyRoom(cache, envelope, leave);
    case 'presence':
      return applyPresence(cache, envelope);
    case 'friend':
      return void cache.invalidateQueries({ queryKey: friendKeys.all });
    case 'notice':
      applyNotice(cache, envelope.announcement);
      return refreshAnnouncements(cache);
    case 'me':
      return void cache.invalidateQueries({ queryKey: meQuery.queryKey });
    case 'error': // The outbox answers for its messages; nothing else that we send can be refused and matter.
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
  if (written) applySent(cache, roomId, message.sender);
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
  const { room: roomId, messages, epoch, lastSeq, lastRev, hasMore, reads } = envelope;
  // A room is only ever entered with the rev of its thread, and that never falls: so the rows begin where the thread ends.
  changeThread(cache, roomId, (thread) =>
    withChanges(thread, thread.rev, { epoch, items: messages, lastSeq, lastRev, hasMore }),
  );
  applyViewers(cache, envelope);
  applyReads(cache, roomId, reads);
}

function applyRead(cache: QueryClient, envelope: Envelope<'read'>) {
  const { room: roomId, user, seq, others = [], counts } = envelope;
  if (counts) applyReadCounts(cache, roomId, counts);
  const named = user === undefined || seq === undefined ? others : [{ user, seq }, ...others];
  if (named.length > 0) applyReads(cache, roomId, named);
}

/** Moves read marks up; they never move back, whatever comes late. */
function applyReads(cache: QueryClient, roomId: number, reads: readonly ReadMark[]): void {
  // The members of a crowd are many, and their marks count by number only.
  if (!cache.getQueryData(roomNowQuery(roomId).queryKey)?.crowd) moveMarks(cache, roomId, reads);
  const me = cache.getQueryData(meQuery.queryKey)?.id;
  const mine = reads.find(({ user }) => user === me);
  if (!mine) return;
  changeRoom(cache, roomId, (room) =>
    mine.seq > room.lastReadSeq ? counted({ ...room, lastReadSeq: mine.seq }) : room,
  );
}

function moveMarks(cache: QueryClient, roomId: number, reads: readonly ReadMark[]) {
  cache.setQueryData(membersQuery(roomId).queryKey, (members) => {
    const moved = members?.map((member) => {
      const mark = reads.find(({ user }) => user === member.user.id);
      return mark && mark.seq > member.lastReadSeq ? { ...member, lastReadSeq: mark.seq } : member;
    });
    return moved?.some((member, i) => member !== members?.[i]) ? moved : undefined;
  });
  askAgain(cache, roomKeys.members(roomId));
}

function applyRoom(cache: QueryClient, envelope: Envelope<'room'>, leave: Leave) {
  const { room: roomId, change, state, user } = envelope;
  const isMe = user === undefined || user === cache.getQueryData(meQuery.queryKey)?.id;
  switch (change) {
    case 'joined':
      if (isMe) return void cache.invalidateQueries({ queryKey: roomKeys.list });
      noteNewcomer(cache, roomId, user);
      return refreshPeople(cache, roomId);
    case 'left':
    case 'kicked':
      if (isMe) return leave(roomId, change);
      changeMember(cache, roomId, user, (member) => ({ ...member, state: change }));
      applyGone(cache, roomId, user);
      return refreshPeople(cache, roomId);
    case 'host':
      changeRoom(cache, roomId, (room) => ({ ...room, host: user ?? room.host }));
      return refreshRoom(cache, roomId);
    case 'settings':
    case 'readings':
    case 'phase':
    case 'extended':
      return refreshRoom(cache, roomId);
    case 'order':
      return void cache.invalidateQueries({ queryKey: orderKeys.room(roomId) });
    case 'closed':
    case 'state':
      changeRoom(cache, roomId, (room) => ({ ...room, state }));
      if (state !== 'open') silence(cache, roomId);
      return refreshPeople(cache, roomId); // The other one of two may have left for good.
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
    cache.setQueryData<Schema<'Member'>[]>(queryKey, (all) => {
      if (!all?.some((member) => member.user.id === user && member.online !== online)) return;
      return all.map((member) => (member.user.id === user ? { ...member, online } : member));
    });
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
