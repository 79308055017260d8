import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { hasLeft, personName } from '@/api/person-name';
import styles from '@/features/rooms/open-room-facts.module.css';
import { Avatar } from '@/ui/avatar';
import { Countdown } from '@/ui/countdown';

/** What somebody outside may know of a room before joining it. */
export function OpenRoomFacts({ room }: { room: Schema<'OpenRoom'> }) {
  const { t } = useTranslation(['discover', 'booking', 'rooms']);
  const { memberCount: taken, capacity: seats, pickup, host } = room;
  const free = Math.max(0, seats - taken);
  return (
    <dl className={styles.facts}>
      <dt>{t('room.hostLabel')}</dt>
      <dd className={styles.host}>
        <Avatar id={host.id} name={personName(host)} gone={hasLeft(host)} size="small" />
        {personName(host)}
      </dd>
      <dt>{t('room.seatsLabel')}</dt>
      <dd>
        {t('room.seats', { taken, seats })}
        <span className={styles.soft}>
          {free > 0 ? t('room.free', { count: free }) : t('room.noneFree')}
        </span>
      </dd>
      <dt>{t('room.entry')}</dt>
      <dd>{t(room.hasPassword ? 'room.byPassword' : 'room.openToAll')}</dd>
      {pickup && (
        <>
          <dt>{t('room.store')}</dt>
          <dd>
            {pickup.store.name}
            <span className={styles.soft}>{t(`booking:category.${pickup.store.category}`)}</span>
          </dd>
          <dt>{t('room.box')}</dt>
          <dd>
            {pickup.box.name}
            <span className={styles.soft}>{pickup.box.address}</span>
          </dd>
        </>
      )}
      {room.phase && (
        <>
          <dt>{t('room.state')}</dt>
          <dd>{t(`rooms:phase.${room.phase}`)}</dd>
        </>
      )}
      {room.closesAt && (
        <>
          <dt>{t('room.ends')}</dt>
          <dd>
            <Countdown until={room.closesAt} />
          </dd>
        </>
      )}
    </dl>
  );
}
