import { IconMapPin } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { BoxCode } from '@/features/order/box-code';
import styles from '@/features/order/box-panel.module.css';

/** The box of a pickup room: where it is, and a code that opens it. */
export function BoxPanel({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation('order');
  if (!room.pickup) return null;
  const { name, address, lat, lng } = room.pickup.box;
  const open = room.state === 'open';
  return (
    <div className={styles.panel}>
      <h2 className="visually-hidden">{t('box.title')}</h2>
      <address className={styles.place}>
        <span className={styles.name}>{name}</span>
        {address}
        <a href={`geo:${lat},${lng}?q=${lat},${lng}(${encodeURIComponent(name)})`}>
          <IconMapPin size={20} stroke={1.75} aria-hidden="true" />
          {t('box.map', { box: name })}
        </a>
      </address>
      <p className={styles.note}>
        {t(!open ? 'box.ended' : room.phase === 'DELIVERED' ? 'box.arrived' : 'box.coming')}
      </p>
      {open && <BoxCode key={room.id} roomId={room.id} />}
    </div>
  );
}
