import { IconArrowLeft, IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { hasLeft } from '@/api/person-name';
import { useOnlineFriend } from '@/features/friends/queries';
import styles from '@/features/messages/conversation-header.module.css';
import { useRoomNow } from '@/features/messages/queries';
import { useSocketStatus } from '@/realtime/use-live';
import { classNames } from '@/lib/class-names';
import { Avatar } from '@/ui/avatar';
import { Countdown } from '@/ui/countdown';
import buttonStyles from '@/ui/icon-button.module.css';

interface Props {
  room: Schema<'Room'>;
  name: string;
  /** What stands at its end. */
  end?: ReactNode;
}

/** With whom one talks, and whether they are there; or how a room of several stands. */
export function ConversationHeader({ room, name, end }: Props) {
  const { t } = useTranslation('messages');
  return (
    <header className={styles.head}>
      <Link
        to="/chats"
        // Whoever came from a search goes back to it.
        search={({ q, within }) => ({ q, within })}
        aria-label={t('back')}
        className={classNames(buttonStyles.button, styles.back)}
        data-tip="none"
      >
        <IconArrowLeft size={20} stroke={1.75} aria-hidden="true" />
      </Link>
      {room.kind === 'group' ? (
        <>
          <div className={styles.words}>
            <h1 className={styles.name}>{name}</h1>
            <Standing room={room} />
          </div>
        </>
      ) : (
        <Friend room={room} name={name} />
      )}
      <div className={styles.end}>{end}</div>
    </header>
  );
}

/** The friend of a direct room. */
function Friend({ room, name }: { room: Schema<'Room'>; name: string }) {
  const { t } = useTranslation('messages');
  const { late } = useSocketStatus(); // Then nobody knows who is there.
  const online = useOnlineFriend(room.peer?.id) && !late && room.state === 'open';
  return (
    <>
      <Avatar
        id={room.peer?.id ?? room.id}
        name={name}
        gone={hasLeft(room.peer)}
        size="small"
        dot={online ? t('state.online') : undefined}
      />
      <div className={styles.words}>
        <h1 className={styles.name}>{name}</h1>
        {room.state === 'open' && room.peer && !late && <Presence room={room} online={online} />}
      </div>
    </>
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

/** How many are in, how far the order is, and how long it goes on. */
function Standing({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation(['rooms', 'messages']);
  const { memberCount: count, capacity } = room;
  const { late } = useSocketStatus();
  const { looking = 0 } = useRoomNow(room.id).crowd ?? {};
  return (
    <p className={styles.state}>
      <span className={styles.count}>
        <IconUsers size={14} stroke={2} aria-hidden="true" />
        <span aria-hidden="true">{capacity === null ? count : `${count}/${capacity}`}</span>
        <span className="visually-hidden">
          {capacity === null ? t('people', { count }) : t('seats', { count, capacity })}
        </span>
      </span>
      {room.state === 'closed' && <span>{t('closed')}</span>}
      {room.state === 'open' && room.phase && <span>{t(`phase.${room.phase}`)}</span>}
      {room.state === 'open' && room.closesAt && <Countdown until={room.closesAt} />}
      {room.state === 'open' && looking > 1 && !late && (
        <span>{t('messages:looking', { count: looking })}</span>
      )}
    </p>
  );
}
