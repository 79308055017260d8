import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useMe } from '@/features/account/queries';
import { useEmotionMode } from '@/features/emotion/queries';
import { DrawLots } from '@/features/rooms/draw-lots';
import { PhaseStepper } from '@/features/rooms/phase-stepper';
import { RoomInvite } from '@/features/rooms/room-invite';
import { RoomLeave } from '@/features/rooms/room-leave';
import styles from '@/features/rooms/room-panel.module.css';
import { RoomReadings } from '@/features/rooms/room-readings';
import { RoomPassword } from '@/features/rooms/room-password';
import { RoomSettings } from '@/features/rooms/room-settings';
import { RoomTime } from '@/features/rooms/room-time';

interface Props {
  room: Schema<'Room'>;
  /** I am not in it any more. */
  onLeft: () => void;
}

/** How a group room stands, and what can be done about it. */
export function RoomPanel({ room, onLeft }: Props) {
  const { t } = useTranslation('rooms');
  const me = useMe();
  const { phase, closesAt } = room;
  const mode = useEmotionMode()?.mode;
  const open = room.state === 'open';
  const leads = open && room.host === me.id;
  const joinable = phase === null || phase === 'CREATED';
  return (
    <div className={styles.panel}>
      {phase && (
        <Part title={t('steps.title')}>
          <PhaseStepper room={room} phase={phase} />
        </Part>
      )}
      {closesAt && (
        <Part title={t('time.title')}>
          <RoomTime room={room} closesAt={closesAt} />
        </Part>
      )}
      {open && (
        <Part title={t('draw.title')}>
          <p className={styles.note}>{t('draw.text')}</p>
          <DrawLots room={room} />
        </Part>
      )}
      {leads && joinable && (
        <Part title={t('invite.title')}>
          <RoomInvite roomId={room.id} />
        </Part>
      )}
      {leads && (
        <Part title={t('settings.title')}>
          <RoomSettings room={room} />
          <RoomPassword room={room} />
        </Part>
      )}
      {open && mode && mode !== 'off' && (
        <Part title={t('readings.title')}>
          <RoomReadings room={room} decides={leads} />
        </Part>
      )}
      <Part title={t('leave.title')}>
        <RoomLeave room={room} onLeft={onLeft} />
      </Part>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section className={styles.part} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {title}
      </h2>
      {children}
    </section>
  );
}
