import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
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
      <RoomReadings room={room} decides />
    </Dialog>
  );
}
