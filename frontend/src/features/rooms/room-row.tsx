import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useMe } from '@/features/account/queries';
import { useOnlineFriend } from '@/features/friends/queries';
import { roomName } from '@/features/rooms/queries';
import styles from '@/features/rooms/room-row.module.css';
import { listTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Avatar } from '@/ui/avatar';
import { Badge } from '@/ui/badge';

type Room = Schema<'Room'>;

/** One chat in the list: who, the last words, when, and how many are unread. */
export function RoomRow({ room }: { room: Room }) {
  const { t } = useTranslation(['rooms', 'common']);
  const { locale } = usePreferences();
  const online = useOnlineFriend(room.peer?.id);
  const name = roomName(room) ?? t('someone');
  const last = room.lastMessage;
  const sentAt = last && new Date(last.sentAt);
  return (
    <Link to="/rooms/$roomId" params={{ roomId: room.id }} className={styles.row}>
      <Avatar
        id={room.peer?.id ?? room.id}
        name={name}
        dot={online ? t('common:online') : undefined}
      />
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
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
    </Link>
  );
}

function Preview({ room }: { room: Room }) {
  const { t } = useTranslation('rooms');
  const me = useMe();
  const last = room.lastMessage;
  if (!last) return <span className={styles.faint}>{t('preview.empty')}</span>;
  if (last.deletedAt) return <span className={styles.faint}>{t('preview.deleted')}</span>;
  // One line shows it; the rest of a long message would only be cut off again.
  const text = last.body.slice(0, 120);
  return (
    <span className={styles.preview}>
      {last.sender === me.id ? t('preview.own', { text }) : text}
    </span>
  );
}
