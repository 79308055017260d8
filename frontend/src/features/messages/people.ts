import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { lineText } from '@/api/line-text';
import { personName } from '@/api/person-name';
import { useMe } from '@/features/account/queries';
import { roomNowQuery } from '@/features/messages/queries';
import type { Message } from '@/features/messages/thread';
import { unreadBy, unreadInCrowd } from '@/features/messages/unread';
import { membersQuery, useNames, usePerson } from '@/features/rooms/queries';

/** What somebody in the room is called. */
export function useNickname(roomId: number, userId: number): string {
  const { t } = useTranslation('messages');
  const me = useMe();
  const person = usePerson(roomId, userId);
  if (userId === me.id) return t('you');
  return person ? personName(person) : t('unnamed');
}

/** Says in words what a system line of the room tells; nothing for messages that somebody wrote. */
export function useLineText(roomId: number): (message: Message) => string {
  useTranslation('messages'); // Renders again in another language.
  const names = useNames(roomId);
  return ({ line, sender }) => (line ? lineText(line, sender, names) : '');
}

/** How many members have not read this message. */
export function useUnread(roomId: number, seq: number): number {
  const { data: inCrowd } = useQuery({
    ...roomNowQuery(roomId),
    select: ({ crowd }) => crowd?.reads && unreadInCrowd(crowd.reads, seq),
  });
  const { data } = useQuery({
    ...membersQuery(roomId),
    enabled: inCrowd === undefined,
    select: (members) => unreadBy(members, seq),
  });
  return inCrowd ?? data ?? 0;
}
