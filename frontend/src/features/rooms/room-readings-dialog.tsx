import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/rooms/room-panel.module.css';
import { RoomReadings } from '@/features/rooms/room-readings';
import { Dialog } from '@/ui/dialog';

/** The choice of two people, whose room has no panel. */
export function RoomReadingsDialog({
  room,
  onClose,
}: {
  room: Schema<'Room'>;
  onClose: () => void;
}) {
  const { t } = useTranslation('rooms');
  return (
    <Dialog title={t('readings.direct')} onClose={onClose}>
      <div className={styles.form}>
        <RoomReadings room={room} decides />
      </div>
    </Dialog>
  );
}
