import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/features/account/queries';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import styles from '@/features/emotion/reading-chip.module.css';
import {
  isSaid,
  literalSentence,
  readingInWords,
  shapeOf,
  shownLabel,
  trust,
  type Reading,
} from '@/features/emotion/words';
import { classNames } from '@/lib/class-names';
import { usePreferences } from '@/lib/use-preferences';
import { Popover } from '@/ui/popover';
import { Skeleton } from '@/ui/skeleton';

// The reasons are asked for now and then; the chip stands under every message.
const fetchDetails = () => import('@/features/emotion/reading-details');
const ReadingDetails = lazy(async () => ({ default: (await fetchDetails()).ReadingDetails }));
const EmotionWords = lazy(async () => ({
  default: (await import('@/features/emotion/emotion-words')).EmotionWords,
}));

interface Props {
  roomId: number;
  seq: number;
  /** I wrote it and may say how it was meant. */
  mine: boolean;
  reading: Reading | null;
  /** The text that was read. */
  body: string;
  /** The side of the bubble above it. */
  align: 'start' | 'end';
  tabIndex: 0 | -1;
  /** The words that carry the reading should be seen now, or no longer. */
  onMark: (on: boolean) => void;
}

/** How the message above was probably meant; opens the reasons. Nothing when there is no reading or its reader wants none. */
export function ReadingChip({ roomId, seq, mine, reading, body, align, tabIndex, onMark }: Props) {
  const { t } = useTranslation('emotion');
  const { showReadings } = useMe();
  const { literal } = usePreferences();
  const [explained, setExplained] = useState(false);
  if (!reading || !showReadings) return null;
  const label = shownLabel(reading);
  const sentence = literal ? literalSentence(t, reading) : undefined;
  return (
    <>
      <Popover
        label={t('why.label')}
        wish={{ side: 'below', align }}
        clear="article" // The words that carry it are marked there.
        onOpen={onMark}
        trigger={(trigger) => (
          <button
            {...trigger}
            type="button"
            tabIndex={tabIndex}
            className={classNames(ink.ink, styles.chip)}
            data-label={label}
            data-said={isSaid(reading)}
            data-literal={literal}
            data-align={align}
            aria-label={t('chip', { words: sentence ?? readingInWords(t, reading, mine) })}
            onPointerEnter={() => void fetchDetails()}
            onMouseEnter={() => onMark(true)}
            onMouseLeave={() => onMark(trigger['aria-expanded'])}
            onFocus={() => onMark(true)}
            onBlur={() => onMark(trigger['aria-expanded'])}
          >
            {sentence ?? <Words reading={reading} mine={mine} />}
          </button>
        )}
      >
        {(close) => (
          <Suspense fallback={<Skeleton />}>
            <ReadingDetails
              {...{ roomId, seq, mine, reading, body }}
              onHide={close}
              onExplain={() => {
                close();
                setExplained(true);
              }}
            />
          </Suspense>
        )}
      </Popover>
      {explained && (
        <Suspense>
          <EmotionWords onClose={() => setExplained(false)} />
        </Suspense>
      )}
    </>
  );
}

function Words({ reading, mine }: { reading: Reading; mine: boolean }) {
  const { t } = useTranslation('emotion');
  const shape = shapeOf(reading);
  const sure = trust(t, reading, mine);
  return (
    <>
      <EmotionIcon of={shape} />
      <span className={styles.words}>
        <span className={styles.word}>{t(`label.${shape}`)}</span>
        {sure && <span className={styles.sure}>{sure}</span>}
      </span>
    </>
  );
}
