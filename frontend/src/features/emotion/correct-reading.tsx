import { IconArrowBackUp } from '@tabler/icons-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import styles from '@/features/emotion/correct-reading.module.css';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import { useCorrectReading } from '@/features/emotion/queries';
import {
  finerWords,
  isSaid,
  labels,
  type FineLabel,
  type Label,
  type Reading,
} from '@/features/emotion/words';
import { classNames } from '@/lib/class-names';
import { Button } from '@/ui/button';
import { useToast } from '@/ui/toast';

interface Props {
  roomId: number;
  seq: number;
  reading: Reading;
}

/** Where the author says how a message was meant: one press for the word, another for a finer one. */
export function CorrectReading({ roomId, seq, reading }: Props) {
  const { t } = useTranslation('emotion');
  const id = useId();
  const say = useToast();
  const correct = useCorrectReading(roomId, seq, (error) =>
    say(t('correct.failed', { why: problemText(error) })),
  );
  const said = isSaid(reading);
  const label = said ? reading.label : undefined;
  const mean = (wished: Label, fine?: FineLabel) => {
    if (said && wished === reading.label && fine === reading.fine[0]) return;
    const correction = { label: wished, ...(fine && { fine }) };
    const shown = saidReading(reading, wished, fine, t('correct.sentence'));
    correct.mutate({ correction, shown });
  };
  const finer: readonly FineLabel[] = label ? finerWords[label] : [];
  return (
    <section className={styles.correct} aria-labelledby={id}>
      <h2 id={id} className={styles.title}>
        {t('correct.title')}
      </h2>
      <div className={styles.words} role="group" aria-labelledby={id}>
        {labels.map((one) => (
          <button
            key={one}
            type="button"
            className={classNames(ink.ink, styles.word)}
            data-label={one}
            aria-pressed={one === label}
            onClick={() => mean(one)}
          >
            <EmotionIcon of={one} size={16} />
            {t(`label.${one}`)}
          </button>
        ))}
      </div>
      {label && finer.length > 0 && (
        <div className={styles.words} role="group" aria-label={t('correct.finer')}>
          <p className={styles.finer}>{t('correct.finer')}</p>
          {finer.map((one) => (
            <button
              key={one}
              type="button"
              className={classNames(ink.ink, styles.word)}
              data-label={label}
              aria-pressed={one === reading.fine[0]}
              onClick={() => mean(label, one === reading.fine[0] ? undefined : one)}
            >
              {t(`fine.${one}`)}
            </button>
          ))}
        </div>
      )}
      {said ? (
        <Button
          look="quiet"
          className={styles.withdraw}
          busy={correct.isPending}
          icon={<IconArrowBackUp size={18} stroke={1.75} aria-hidden="true" />}
          onClick={() => correct.mutate(null)}
        >
          {t('correct.withdraw')}
        </Button>
      ) : (
        <p className={styles.note}>{t('correct.text')}</p>
      )}
    </section>
  );
}

/** What everybody will see, as far as it can be known before the server has said it. */
function saidReading(
  before: Reading,
  label: Label,
  fine: FineLabel | undefined,
  sentence: string,
): Reading {
  return {
    ...before,
    label,
    sentence,
    love: fine === 'love' || fine === 'caring',
    confidence: 1,
    unclear: false,
    labels: [label],
    fine: fine ? [fine] : [],
    scores: [{ label, score: 1 }],
    evidence: [],
    engine: 'author',
    version: '',
  };
}
