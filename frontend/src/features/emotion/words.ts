import type { TFunction } from 'i18next';
import type { Schema } from '@/api/client';

export type Reading = Schema<'Reading'>;

/** What is shown of a reading: its label, or that it is hard to tell. */
export type Shown = Schema<'Label'> | 'unclear';

export function shownLabel(reading: Reading): Shown {
  return reading.unclear ? 'unclear' : reading.label;
}

type Sureness = 'certain' | 'fairly' | 'probably' | 'perhaps';

/** A calibrated probability as a word. */
export function sureness(confidence: number): Sureness {
  if (confidence >= 0.9) return 'certain';
  if (confidence >= 0.7) return 'fairly';
  if (confidence >= 0.5) return 'probably';
  return 'perhaps';
}

/** "joy, fairly sure", or "hard to tell", for those who hear it. */
export function readingInWords(t: TFunction<'emotion'>, reading: Reading): string {
  if (reading.unclear) return t('label.unclear');
  return `${t(`label.${reading.label}`)}, ${t(`sure.${sureness(reading.confidence)}`)}`;
}
