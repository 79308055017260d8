import { useTranslation } from 'react-i18next';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import styles from '@/features/mood/count-list.module.css';
import { partsOf, type Counts } from '@/features/mood/counts';
import fill from '@/features/mood/fill.module.css';
import { classNames } from '@/lib/class-names';

interface Props {
  counts: Counts;
  /** What is counted, for those who hear it. */
  label: string;
  /** Whether the pattern of a chart stands beside each, as its legend. */
  legend?: boolean;
}

/** How many messages sounded like what: shape, word and number of each. */
export function CountList({ counts, label, legend = false }: Props) {
  const { t } = useTranslation(['mood', 'emotion']);
  return (
    <ul aria-label={label} className={styles.list}>
      {partsOf(counts).map(({ shape, count }) => (
        <li key={shape} data-label={shape} className={classNames(ink.ink, styles.entry)}>
          {legend && (
            <span
              className={classNames(fill.fill, styles.swatch)}
              data-shape={shape}
              aria-hidden="true"
            />
          )}
          <EmotionIcon of={shape} size={16} />
          <span className={styles.word}>{t(`emotion:label.${shape}`)}</span>{' '}
          <span className={styles.count}>{count}</span>
        </li>
      ))}
    </ul>
  );
}
