import { IconMoodSearch, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useMe } from '@/features/account/queries';
import { useEmotionMode } from '@/features/emotion/queries';
import styles from '@/features/mood/missed-bar.module.css';
import { IconButton } from '@/ui/icon-button';
import { Popover } from '@/ui/popover';
import { Skeleton } from '@/ui/skeleton';

const fetchPanel = () => import('@/features/mood/missed-panel');
const MissedPanel = lazy(async () => ({ default: (await fetchPanel()).MissedPanel }));

/** Fewer than these one has read sooner than any account of them. */
const MANY = 10;

interface Props {
  room: Schema<'Room'>;
  /** The last message that I had read when I came. */
  after: number;
  /** How many there were after it. */
  count: number;
}

/** Offers to tell what many unread messages were like. It can be put away, and is gone when the conversation is left. */
export function MissedBar({ room, after, count }: Props) {
  const { t } = useTranslation('mood');
  const mode = useEmotionMode()?.mode;
  const { showReadings } = useMe();
  const [away, setAway] = useState(false);
  const readable = mode && mode !== 'off' && showReadings && room.readings !== 'off';
  if (away || count < MANY || !readable) return null;
  return (
    <aside className={styles.bar} aria-label={t('missed.label')}>
      <Popover
        label={t('missed.title')}
        trigger={(trigger) => (
          <button
            {...trigger}
            type="button"
            className={styles.open}
            onPointerEnter={() => void fetchPanel()}
          >
            <IconMoodSearch size={18} stroke={1.75} aria-hidden="true" />
            {t('missed.bar', { count })}
          </button>
        )}
      >
        {(close) => (
          <Suspense fallback={<Skeleton />}>
            <MissedPanel roomId={room.id} after={after} onGo={close} />
          </Suspense>
        )}
      </Popover>
      <IconButton label={t('missed.dismiss')} tip="left" onClick={() => setAway(true)}>
        <IconX size={18} stroke={1.75} aria-hidden="true" />
      </IconButton>
    </aside>
  );
}
