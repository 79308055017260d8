import { IconBook2, IconEyeOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useUpdateMe } from '@/features/account/queries';
import { CorrectReading } from '@/features/emotion/correct-reading';
import styles from '@/features/emotion/reading-details.module.css';
import { ScoreTable } from '@/features/emotion/score-table';
import { isSaid, shapeOf, type Reading } from '@/features/emotion/words';
import { markedParts } from '@/lib/code-points';
import { Button } from '@/ui/button';
import { useToast } from '@/ui/toast';

interface Props {
  roomId: number;
  seq: number;
  /** I wrote it and may say how it was meant. */
  mine: boolean;
  reading: Reading;
  body: string;
  onHide: () => void;
  /** Asks for the meaning of all the words. */
  onExplain: () => void;
}

/** Why a message was read as it was: the sentence, the words that carry it, the numbers, and who read it. Its author may say it better. */
export function ReadingDetails({ roomId, seq, mine, reading, body, onHide, onExplain }: Props) {
  const { t } = useTranslation('emotion');
  const say = useToast();
  const update = useUpdateMe();
  const said = isSaid(reading);
  const shape = shapeOf(reading);
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
      {!said && <Evidence reading={reading} body={body} />}
      {mine && <CorrectReading roomId={roomId} seq={seq} reading={reading} />}
      {!said && <ScoreTable scores={reading.scores} unclear={reading.unclear} />}
      <p className={styles.soft}>
        {t('why.meaning', { word: t(`label.${shape}`), meaning: t(`means.${shape}`) })}
      </p>
      <p className={styles.soft}>{t(madeBy[reading.engine], { version: reading.version })}</p>
      <div className={styles.more}>
        <Button
          look="quiet"
          icon={<IconBook2 size={18} stroke={1.75} aria-hidden="true" />}
          onClick={onExplain}
        >
          {t('why.words')}
        </Button>
        <Button
          look="quiet"
          icon={<IconEyeOff size={18} stroke={1.75} aria-hidden="true" />}
          onClick={hide}
        >
          {t('why.hide')}
        </Button>
      </div>
    </div>
  );
}

const madeBy = {
  embedded: 'why.engine',
  openai: 'why.remote',
  author: 'why.author',
} as const satisfies Record<Reading['engine'], string>;

/** The words that are marked in the bubble, once more in words. */
function Evidence({ reading, body }: { reading: Reading; body: string }) {
  const { t } = useTranslation('emotion');
  const words = markedParts(body, reading.evidence).flatMap(({ text, marked }) =>
    marked && text.trim() !== '' ? [`“${text.trim()}”`] : [],
  );
  return (
    <p className={styles.soft}>
      {words.length > 0
        ? t('why.evidence', { words: [...new Set(words)].join(', ') })
        : t('why.noEvidence')}
    </p>
  );
}
