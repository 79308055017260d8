import { IconEyeOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useUpdateMe } from '@/features/account/queries';
import styles from '@/features/emotion/reading-details.module.css';
import { ScoreTable } from '@/features/emotion/score-table';
import type { Reading } from '@/features/emotion/words';
import { markedParts } from '@/lib/code-points';
import { Button } from '@/ui/button';
import { useToast } from '@/ui/toast';

interface Props {
  reading: Reading;
  body: string;
  onHide: () => void;
}

/** Why a message was read as it was: the sentence, the words that carry it, the numbers, and who read it. */
export function ReadingDetails({ reading, body, onHide }: Props) {
  const { t } = useTranslation('emotion');
  const say = useToast();
  const update = useUpdateMe();
  const words = markedParts(body, reading.evidence).flatMap(({ text, marked }) =>
    marked && text.trim() !== '' ? [`“${text.trim()}”`] : [],
  );
  const hide = () => {
    // The answer outlives this panel, which goes away with the readings.
    update.mutateAsync({ showReadings: false }).then(
      () => say(t('why.hidden')),
      (error: unknown) => say(problemText(error)),
    );
    onHide();
  };
  return (
    <div className={styles.details}>
      <p className={styles.sentence}>{reading.sentence}</p>
      <p className={styles.soft}>
        {words.length > 0
          ? t('why.evidence', { words: [...new Set(words)].join(', ') })
          : t('why.noEvidence')}
      </p>
      <ScoreTable scores={reading.scores} />
      <p className={styles.soft}>
        {reading.engine === 'embedded'
          ? t('why.engine')
          : t('why.otherEngine', { engine: 'OpenAI' })}
      </p>
      <Button
        look="quiet"
        icon={<IconEyeOff size={18} stroke={1.75} aria-hidden="true" />}
        onClick={hide}
        className={styles.hide}
      >
        {t('why.hide')}
      </Button>
    </div>
  );
}
