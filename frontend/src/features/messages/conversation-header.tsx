import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useOnlineFriend } from '@/features/friends/queries';
import styles from '@/features/messages/conversation-header.module.css';
import { useRoomNow } from '@/features/messages/queries';
import { useSocketStatus } from '@/realtime/use-live';
import { classNames } from '@/lib/class-names';
import { Avatar } from '@/ui/avatar';
import buttonStyles from '@/ui/icon-button.module.css';

interface Props {
  room: Schema<'Room'>;
  name: string;
}

/** With whom one talks, and whether they are there. */
export function ConversationHeader({ room, name }: Props) {
  const { t } = useTranslation('messages');
  const { late } = useSocketStatus(); // Then nobody knows who is there.
  const online = useOnlineFriend(room.peer?.id) && !late && room.state === 'open';
  return (
    <header className={styles.head}>
      <Link
        to="/chats"
        aria-label={t('back')}
        className={classNames(buttonStyles.button, styles.back)}
        data-tip="none"
      >
        <IconArrowLeft size={20} stroke={1.75} aria-hidden="true" />
      </Link>
      <Avatar
        id={room.peer?.id ?? room.id}
        name={name}
        size="small"
        dot={online ? t('state.online') : undefined}
      />
      <div className={styles.words}>
        <h1 className={styles.name}>{name}</h1>
        {room.state === 'open' && room.peer && !late && <Presence room={room} online={online} />}
      </div>
    </header>
  );
}

function Presence({ room, online }: { room: Schema<'Room'>; online: boolean }) {
  const { t } = useTranslation('messages');
  const { viewers } = useRoomNow(room.id);
  const looking = room.peer !== null && viewers.includes(room.peer.id);
  const state = looking ? 'looking' : online ? 'online' : 'offline';
  return (
    <p className={styles.state} data-state={state}>
      {t(`state.${state}`)}
    </p>
  );
}
