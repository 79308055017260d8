import { IconLock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { lineText, usersOf } from '@/api/line-text';
import { hasLeft } from '@/api/person-name';
import { useMe } from '@/features/account/queries';
import { useOnlineFriend } from '@/features/friends/queries';
import { roomName, useNames } from '@/features/rooms/queries';
import styles from '@/features/rooms/room-row.module.css';
import { listTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Avatar } from '@/ui/avatar';
import { Badge } from '@/ui/badge';
import { Countdown } from '@/ui/countdown';

type Room = Schema<'Room'>;

/** One chat in the list: who, the last words, when, and how many are unread. */
export function RoomRow({ room }: { room: Room }) {
  const { t } = useTranslation(['rooms', 'common']);
  const { locale } = usePreferences();
  const online = useOnlineFriend(room.peer?.id);
  const name = roomName(room);
  const last = room.lastMessage;
  const sentAt = last && new Date(last.sentAt);
  return (
    <Link to="/rooms/$roomId" params={{ roomId: room.id }} className={styles.row}>
      <span className={styles.face}>
        <Avatar
          id={room.peer?.id ?? room.id}
          name={name}
          gone={room.kind === 'direct' && hasLeft(room.peer)}
          dot={online ? t('common:online') : undefined}
        />
      </span>
      <span className={styles.words}>
        <span className={styles.title}>
          <span className={styles.name}>{name}</span>
          {room.kind === 'group' && <Crowd room={room} />}
        </span>
        <Preview room={room} />
      </span>
      <span className={styles.end}>
        {sentAt && (
          <time dateTime={last.sentAt} className={styles.time}>
            {listTime(sentAt, new Date(), locale)}
          </time>
        )}
        <Badge count={room.unread} label={t('common:unread', { count: room.unread })} />
      </span>
      {room.kind === 'group' && <Standing room={room} />}
    </Link>
  );
}

/** How many are in a group room, and whether a password keeps others out. */
function Crowd({ room }: { room: Room }) {
  const { t } = useTranslation('rooms');
  const { memberCount: count } = room;
  return (
    <span className={styles.crowd}>
      <span aria-hidden="true">{count}</span>
      <span className="visually-hidden">{t('people', { count })}</span>
      {room.hasPassword && <IconLock size={14} stroke={2} role="img" aria-label={t('locked')} />}
    </span>
  );
}

/** How far a pickup room is and how long it goes on; or that a room is closed. */
function Standing({ room }: { room: Room }) {
  const { t } = useTranslation('rooms');
  if (room.state === 'closed') return <span className={styles.standing}>{t('closed')}</span>;
  if (!room.phase) return null;
  return (
    <span className={styles.standing}>
      {t(`phase.${room.phase}`)}
      {room.closesAt && (
        <>
          {' · '}
          <Countdown until={room.closesAt} />
        </>
      )}
    </span>
  );
}

function Preview({ room }: { room: Room }) {
  const { t } = useTranslation('rooms');
  const me = useMe();
  const last = room.lastMessage;
  const about = last?.line ? usersOf(last.line, last.sender) : [];
  // Who the last words are from is a matter of course in a list; only what cannot be said without names is worth asking for them.
  const names = useNames(
    room.id,
    about.some((user) => user !== me.id),
  );
  if (!last) return <span className={styles.faint}>{t('preview.empty')}</span>;
  if (last.deletedAt) return <span className={styles.faint}>{t('preview.deleted')}</span>;
  if (last.line) {
    return <span className={styles.preview}>{lineText(last.line, last.sender, names)}</span>;
  }
  // One line shows it; the rest of a long message would only be cut off again.
  const text = last.body.slice(0, 120);
  const name = room.kind === 'group' ? names.nickname(last.sender) : undefined;
  return (
    <span className={styles.preview}>
      {last.sender === me.id
        ? t('preview.own', { text })
        : name
          ? t('preview.by', { name, text })
          : text}
    </span>
  );
}
