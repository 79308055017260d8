import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useMe } from '@/features/account/queries';
import { membersQuery, useNames } from '@/features/rooms/queries';

const nobody: Schema<'Member'>[] = [];

/** Who is in a room, in the order of joining. */
export function useJoined(roomId: number): number[] {
  const { data = nobody } = useQuery(membersQuery(roomId));
  return data.flatMap(({ user, state }) => (state === 'joined' ? user.id : []));
}

/** Tells what somebody in the room, or once in it, is called; "You" for me. */
export function useNameOf(roomId: number): (userId: number) => string {
  const { t } = useTranslation('order');
  const me = useMe();
  const { nickname } = useNames(roomId);
  return (userId) => (userId === me.id ? t('you') : (nickname(userId) ?? t('someone')));
}
