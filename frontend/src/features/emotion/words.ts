import type { TFunction } from 'i18next';
import type { Schema } from '@/api/client';

export type Reading = Schema<'Reading'>;
export type Label = Schema<'Label'>;
export type FineLabel = Schema<'FineLabel'>;

/** What is shown of a reading: its label, or that it is hard to tell. */
export type Shown = Label | 'unclear';

/** What is shown has a shape and a word; joy has others when it is meant for somebody. */
export type Shape = Shown | 'love';

/** The labels in the order in which they are offered, each with the finer words that belong to it. */
export const finerWords = {
  joy: [
    'gratitude',
    'amusement',
    'excitement',
    'love',
    'caring',
    'admiration',
    'approval',
    'optimism',
    'desire',
    'pride',
    'relief',
  ],
  sadness: ['disappointment', 'remorse', 'embarrassment', 'grief'],
  anger: ['annoyance', 'disapproval'],
  fear: ['nervousness'],
  disgust: [],
  surprise: ['curiosity', 'confusion', 'realization'],
  neutral: [],
} as const satisfies Record<Label, readonly FineLabel[]>;

export const labels = Object.keys(finerWords) as readonly Label[];

export function shownLabel(reading: Reading): Shown {
  return reading.unclear ? 'unclear' : reading.label;
}

export function shapeOf(reading: Reading): Shape {
  const label = shownLabel(reading);
  return label === 'joy' && reading.love ? 'love' : label;
}

/** The author's own word, rather than a guess. */
export function isSaid(reading: Reading): boolean {
  return reading.engine === 'author';
}

type Sureness = 'certain' | 'fairly' | 'probably' | 'perhaps' | 'hardly';

/** A calibrated probability as a word. */
export function sureness(probability: number): Sureness {
  if (probability >= 0.9) return 'certain';
  if (probability >= 0.7) return 'fairly';
  if (probability >= 0.5) return 'probably';
  if (probability >= 0.2) return 'perhaps';
  return 'hardly';
}

/** How far a reading can be trusted, in words: how sure the guess is, or who said so. Nothing when it claims nothing. */
export function trust(t: TFunction<'emotion'>, reading: Reading, mine = false): string | undefined {
  if (isSaid(reading)) return t('said', { context: mine ? 'me' : '' });
  if (reading.unclear) return undefined;
  const sure = sureness(reading.confidence);
  return t(`sure.${sure === 'hardly' ? 'perhaps' : sure}`); // It is the likeliest of all, whatever its share.
}

/** "joy, fairly sure", or "hard to tell", for those who hear it. */
export function readingInWords(t: TFunction<'emotion'>, reading: Reading, mine = false): string {
  const words = [t(`label.${shapeOf(reading)}`), trust(t, reading, mine)];
  return words.filter((word) => word !== undefined).join(', ');
}

/** The reading as one plain sentence that means what it says. */
export function literalSentence(t: TFunction<'emotion'>, reading: Reading): string {
  const shape = shapeOf(reading);
  if (shape === 'unclear') return t('literal.unclear');
  if (isSaid(reading)) return t(`literal.said.${shape}`);
  return t(`literal.${shape}`, { sure: t(`literal.sure.${sureness(reading.confidence)}`) });
}
