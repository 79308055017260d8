import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/emotion/composer-hint.module.css';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import { usePreviewAllowed } from '@/features/emotion/queries';
import { usePreview } from '@/features/emotion/use-preview';
import { readingInWords, shapeOf, shownLabel } from '@/features/emotion/words';
import { classNames } from '@/lib/class-names';

interface Props {
  roomId: number;
  text: string;
  id: string;
}

/**
 * How what is being written may read, for the writer alone: one quiet line that nobody has to heed. That a talk seems tense is said in its
 * place, until it is put away or the text is gone.
 */
export function ComposerHint({ roomId, text, id }: Props) {
  const { t } = useTranslation('emotion');
  const preview = usePreview(roomId, text, usePreviewAllowed(roomId));
  const tense = useTense(preview?.tense ?? false, text);
  const reading = preview?.reading;
  return (
    <div className={styles.place}>
      <p id={id} className={styles.hint}>
        {reading && !tense.on && (
          <span
            key={text}
            className={classNames(ink.ink, styles.reading)}
            data-label={shownLabel(reading)}
          >
            <EmotionIcon of={shapeOf(reading)} />
            <span className={styles.words}>
              {t('hint.reads', { words: readingInWords(t, reading) })}
            </span>
          </span>
        )}
      </p>
      {/* It comes once in a while only, so it may be said aloud. */}
      <div role="status" className={styles.status}>
        {tense.on && <p className={styles.tense}>{t('hint.tense')}</p>}
      </div>
      {tense.on && (
        <button
          type="button"
          className={styles.dismiss}
          aria-label={t('hint.dismiss')}
          onClick={tense.dismiss}
        >
          <IconX size={14} stroke={2} aria-hidden="true" />
        </button>
      )}
    </div>
  );
}

/** The server says it once; it stays until it is put away, or there is no text any more. */
function useTense(said: boolean, text: string) {
  const [state, setState] = useState<'off' | 'on' | 'dismissed'>('off');
  if (text === '' && state !== 'off') setState('off');
  if (text !== '' && said && state === 'off') setState('on');
  return { on: state === 'on', dismiss: () => setState('dismissed') };
}
