import { useTranslation } from 'react-i18next';
import { useMe } from '@/features/account/queries';
import { ComposerHint } from '@/features/emotion/composer-hint';
import { ReadingChip } from '@/features/emotion/reading-chip';
import { ReadingsNotice } from '@/features/emotion/readings-notice';
import { readingInWords, type Reading } from '@/features/emotion/words';
import { MissedBar } from '@/features/mood/missed-bar';
import type { Readings } from '@/features/messages/tools';

/** How conversations show and speak readings. */
export const readings: Readings = {
  Chip: ReadingChip,
  Hint: ComposerHint,
  Notice: ReadingsNotice,
  Missed: MissedBar,
  useWords,
};

function useWords() {
  const { t } = useTranslation('emotion');
  const { showReadings } = useMe();
  return (reading: Reading) => (showReadings ? readingInWords(t, reading) : undefined);
}
