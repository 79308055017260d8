import { useTranslation } from 'react-i18next';
import { useMe } from '@/features/account/queries';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import styles from '@/features/emotion/reading-mark.module.css';
import { readingInWords, shapeOf, shownLabel, type Reading } from '@/features/emotion/words';
import { usePreferences } from '@/lib/use-preferences';
import { classNames } from '@/lib/class-names';

/** A reading in a list, where there is nothing to open. Nothing when its reader wants none. */
export function ReadingMark({ reading }: { reading: Reading }) {
  const { t } = useTranslation('emotion');
  const { showReadings } = useMe();
  const { literal } = usePreferences();
  if (!showReadings) return null;
  const label = shownLabel(reading);
  const shape = shapeOf(reading);
  return (
    <span className={classNames(ink.ink, styles.mark)} data-label={label}>
      <EmotionIcon of={shape} />
      {(label !== 'neutral' || literal) && <span aria-hidden="true">{t(`label.${shape}`)}</span>}
      <span className="visually-hidden">{t('chip', { words: readingInWords(t, reading) })}</span>
    </span>
  );
}
