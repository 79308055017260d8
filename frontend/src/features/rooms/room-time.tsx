import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import { useExtendRoom } from '@/features/rooms/commands';
import styles from '@/features/rooms/room-panel.module.css';
import { clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Button } from '@/ui/button';
import { Countdown } from '@/ui/countdown';
import { useToast } from '@/ui/toast';

/** So often the life of a room can be extended. */
const TIMES = 3;

interface Props {
  room: Schema<'Room'>;
  closesAt: string;
}

/** When a room closes by itself; its host can put that off. */
export function RoomTime({ room, closesAt }: Props) {
  const { t } = useTranslation('rooms');
  const { locale } = usePreferences();
  const me = useMe();
  const open = room.state === 'open';
  const time = clockTime(new Date(closesAt), locale);
  return (
    <>
      <p className={styles.text}>
        {t(open ? 'time.ends' : 'time.ended', { time })}{' '}
        {open && <Countdown until={closesAt} className={styles.left} />}
      </p>
      {open && room.host === me.id && <Extend room={room} />}
    </>
  );
}

function Extend({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation('rooms');
  const extend = useExtendRoom(room);
  const say = useToast();
  const left = TIMES - room.extensions;
  if (left <= 0) return <p className={styles.note}>{t('time.none')}</p>;
  return (
    <>
      <div className={styles.pair}>
        {[1, 2].map((count) => (
          <Button
            key={count}
            busy={extend.isPending}
            onClick={() =>
              extend.mutate(count, {
                onSuccess: () => say(t('time.done', { count })),
                onError: (error) => say(problemText(error)),
              })
            }
          >
            {t('time.extend', { count })}
          </Button>
        ))}
      </div>
      <p className={styles.note}>{t('time.left', { count: left })}</p>
    </>
  );
}
