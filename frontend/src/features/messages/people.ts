import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/features/account/queries';
import { unreadBy } from '@/features/messages/unread';
import { membersQuery } from '@/features/rooms/queries';

/** What somebody in the room is called. */
export function useNickname(roomId: number, userId: number): string {
  const { t } = useTranslation('messages');
  const me = useMe();
  const { data } = useQuery({
    ...membersQuery(roomId),
    select: (members) => members.find(({ user }) => user.id === userId)?.user.nickname,
  });
  return userId === me.id ? t('you') : (data ?? t('unnamed'));
}

/** How many members have not read this message. */
export function useUnread(roomId: number, seq: number): number {
  const { data } = useQuery({
    ...membersQuery(roomId),
    select: (members) => unreadBy(members, seq),
  });
  return data ?? 0;
}
