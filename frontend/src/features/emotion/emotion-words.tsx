import { useTranslation } from 'react-i18next';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import styles from '@/features/emotion/emotion-words.module.css';
import ink from '@/features/emotion/ink.module.css';
import { finerWords, labels, type FineLabel, type Shape } from '@/features/emotion/words';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { classNames } from '@/lib/class-names';

const shapes: readonly Shape[] = [...labels.flatMap(affection), 'unclear'];

/** What each word of a reading means, in plain words. */
export function EmotionWords({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['emotion', 'common']);
  return (
    <Dialog
      title={t('words.title')}
      onClose={onClose}
      footer={<Button onClick={onClose}>{t('common:close')}</Button>}
    >
      <p className={styles.soft}>{t('words.text')}</p>
      <dl className={styles.list}>
        {shapes.map((shape) => {
          const finer = finerOf(shape).map((one) => t(`fine.${one}`));
          return (
            <div key={shape} className={styles.entry}>
              <dt
                className={classNames(ink.ink, styles.word)}
                data-label={shape === 'love' ? 'joy' : shape}
              >
                <EmotionIcon of={shape} size={18} />
                {t(`label.${shape}`)}
              </dt>
              <dd className={styles.meaning}>
                {t(`means.${shape}`)}
                {finer.length > 0 && (
                  <span className={styles.finer}>
                    {t('words.finer', { words: finer.join(', ') })}
                  </span>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </Dialog>
  );
}

/** Joy that is meant for somebody stands beside plain joy. */
function affection(label: (typeof labels)[number]): Shape[] {
  return label === 'joy' ? ['joy', 'love'] : [label];
}

function finerOf(shape: Shape): readonly FineLabel[] {
  if (shape === 'unclear' || shape === 'love') return [];
  return finerWords[shape];
}
