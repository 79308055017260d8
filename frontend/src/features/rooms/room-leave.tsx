import { IconDoorExit, IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import { useCloseRoom, useLeaveRoom } from '@/features/rooms/commands';
import { membersQuery } from '@/features/rooms/queries';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';

interface Props {
  room: Schema<'Room'>;
  /** I am not in it any more. */
  onLeft: () => void;
}

/** The ways out of a room: going, and for the host closing it. */
export function RoomLeave({ room, onLeft }: Props) {
  const { t } = useTranslation('rooms');
  const me = useMe();
  const [asking, setAsking] = useState<'leave' | 'close' | null>(null);
  const closeDialog = () => setAsking(null);
  return (
    <>
      <Button
        wide
        icon={<IconDoorExit size={20} stroke={1.75} aria-hidden="true" />}
        onClick={() => setAsking('leave')}
      >
        {t('leave.action')}
      </Button>
      {room.host === me.id && room.state === 'open' && (
        <Button
          wide
          icon={<IconLock size={20} stroke={1.75} aria-hidden="true" />}
          onClick={() => setAsking('close')}
        >
          {t('close.action')}
        </Button>
      )}
      {asking === 'leave' && <AskLeave room={room} onLeft={onLeft} onClose={closeDialog} />}
      {asking === 'close' && <AskClose room={room} onClose={closeDialog} />}
    </>
  );
}

function AskLeave({ room, onLeft, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation('rooms');
  const say = useToast();
  const leave = useLeaveRoom(room.id);
  const words = useConsequences(room);
  return (
    <ConfirmDialog
      title={t('leave.ask', { name: room.title ?? '' })}
      text={words.join(' ')}
      action={t('leave.confirm')}
      busy={leave.isPending}
      onClose={onClose}
      onConfirm={() =>
        leave.mutate(undefined, {
          onSuccess: onLeft,
          onError: (error) => {
            say(problemText(error));
            onClose();
          },
        })
      }
    />
  );
}

/** What happens when I leave, in sentences. */
function useConsequences(room: Schema<'Room'>): string[] {
  const { t } = useTranslation('rooms');
  const me = useMe();
  const { data } = useQuery({
    ...membersQuery(room.id),
    select: (members) =>
      members.filter(({ state, user }) => state === 'joined' && user.id !== me.id),
  });
  if (room.state === 'closed') return [t('leave.closed')];
  if (room.memberCount === 1) {
    return [t('leave.last'), ...(room.pickup ? [t('leave.lastBox')] : [])];
  }
  const heir = room.host === me.id ? data?.[0]?.user.nickname : undefined;
  const joinable = room.phase === null || room.phase === 'CREATED';
  return [
    ...(heir ? [t('leave.heir', { name: heir })] : []),
    t(joinable ? 'leave.back' : 'leave.noBack'),
  ];
}

function AskClose({ room, onClose }: { room: Schema<'Room'>; onClose: () => void }) {
  const { t } = useTranslation('rooms');
  const say = useToast();
  const close = useCloseRoom(room);
  return (
    <ConfirmDialog
      title={t('close.ask', { name: room.title ?? '' })}
      text={[t('close.text'), ...(room.pickup ? [t('close.box')] : [])].join(' ')}
      action={t('close.confirm')}
      busy={close.isPending}
      onClose={onClose}
      onConfirm={() =>
        close.mutate(undefined, {
          onError: (error) => say(problemText(error)),
          onSettled: onClose,
        })
      }
    />
  );
}
