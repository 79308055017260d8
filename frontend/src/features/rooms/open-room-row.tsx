import { IconClock, IconLock, IconUsers } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { personName } from '@/api/person-name';
import styles from '@/features/rooms/open-room-row.module.css';
import { Countdown } from '@/ui/countdown';

interface Props {
  room: Schema<'OpenRoom'>;
  onChoose: () => void;
}

/** An open room in the list. The title is what is pressed, and reaches over all of the row. */
export function OpenRoomRow({ room, onChoose }: Props) {
  const { t } = useTranslation(['discover', 'rooms']);
  const id = useId();
  const { memberCount: taken, capacity: seats, pickup } = room;
  return (
    <li className={styles.row}>
      <div className={styles.head}>
        {room.joined ? (
          <Link
            to="/rooms/$roomId"
            params={{ roomId: room.id }}
            className={styles.title}
            aria-describedby={id}
          >
            {room.title}
          </Link>
        ) : (
          <button
            type="button"
            className={styles.title}
            aria-haspopup="dialog"
            aria-describedby={id}
            onClick={onChoose}
          >
            {room.title}
          </button>
        )}
        {room.joined && <span className={styles.joined}>{t('room.joined')}</span>}
      </div>
      <div id={id} className={styles.facts}>
        {pickup && (
          <p className={styles.place}>
            <span className={styles.store}>{pickup.store.name}</span>
            <span aria-hidden="true"> → </span>
            {pickup.box.name}
          </p>
        )}
        <p className={styles.line}>
          <span className={styles.fact}>
            <IconUsers size={16} stroke={1.75} aria-hidden="true" />
            <span aria-hidden="true">{`${taken}/${seats}`}</span>
            <span className="visually-hidden">{t('room.seats', { taken, seats })}</span>
            {taken >= seats && <span className={styles.full}>{t('room.full')}</span>}
          </span>
          {room.hasPassword && (
            <span className={styles.fact}>
              <IconLock size={16} stroke={1.75} aria-hidden="true" />
              {t('room.password')}
            </span>
          )}
          {room.closesAt && (
            <span className={styles.fact}>
              <IconClock size={16} stroke={1.75} aria-hidden="true" />
              <Countdown until={room.closesAt} />
            </span>
          )}
        </p>
        <p className={styles.line}>
          {room.phase && <span className={styles.phase}>{t(`rooms:phase.${room.phase}`)}</span>}
          <span className={styles.host}>{t('room.host', { name: personName(room.host) })}</span>
        </p>
      </div>
    </li>
  );
}
