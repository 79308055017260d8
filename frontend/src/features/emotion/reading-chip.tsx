import { useTranslation } from 'react-i18next';
import { useMe } from '@/features/account/queries';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import styles from '@/features/emotion/reading-chip.module.css';
import { ReadingDetails } from '@/features/emotion/reading-details';
import { readingInWords, shownLabel, sureness, type Reading } from '@/features/emotion/words';
import { classNames } from '@/lib/class-names';
import { Popover } from '@/ui/popover';

interface Props {
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
export function ReadingChip({ reading, body, align, tabIndex, onMark }: Props) {
  const { t } = useTranslation('emotion');
  const { showReadings } = useMe();
  if (!reading || !showReadings) return null;
  const label = shownLabel(reading);
  return (
    <Popover
      label={t('why.label')}
      wish={{ side: 'below', align }}
      onOpen={onMark}
      trigger={(trigger) => (
        <button
          {...trigger}
          type="button"
          tabIndex={tabIndex}
          className={classNames(ink.ink, styles.chip)}
          data-label={label}
          data-align={align}
          aria-label={t('chip', { words: readingInWords(t, reading) })}
          onMouseEnter={() => onMark(true)}
          onMouseLeave={() => onMark(trigger['aria-expanded'])}
          onFocus={() => onMark(true)}
          onBlur={() => onMark(trigger['aria-expanded'])}
        >
          <EmotionIcon of={label} />
          <span className={styles.words}>
            <span className={styles.word}>{t(`label.${label}`)}</span>
            {label !== 'unclear' && (
              <span className={styles.sure}>{t(`sure.${sureness(reading.confidence)}`)}</span>
            )}
          </span>
        </button>
      )}
    >
      {(close) => <ReadingDetails reading={reading} body={body} onHide={close} />}
    </Popover>
  );
}
