import { useTranslation } from 'react-i18next';
import ink from '@/features/emotion/ink.module.css';
import { CountList } from '@/features/mood/count-list';
import { inWords, partsOf, totalOf, type Counts } from '@/features/mood/counts';
import fill from '@/features/mood/fill.module.css';
import styles from '@/features/mood/mood-chart.module.css';
import { classNames } from '@/lib/class-names';
import { BarChart, type Stretch } from '@/ui/chart/bar-chart';
import { topOf } from '@/ui/chart/scale';

/** A stretch of time in a chart, or in the table that says the same. */
export interface Column extends Stretch {
  /** Nothing where there is a gap. */
  counts: Counts | null;
  /** Why there is a gap. */
  gap: string;
}

interface Props {
  /** What the bars count. */
  title: string;
  columns: readonly Column[];
}

const filled = classNames(ink.ink, fill.fill);

/** Bars of messages over time, by how they sounded. */
export function MoodChart({ title, columns }: Props) {
  const { t } = useTranslation(['mood', 'emotion']);
  const top = topOf(Math.max(...columns.map(({ counts }) => (counts ? totalOf(counts) : 0))));
  return (
    <BarChart
      title={title}
      pick={t('chart.pick')}
      stretches={columns}
      scale={[String(top), String(top / 2), '0']}
      pieces={({ counts }) =>
        counts &&
        partsOf(counts).map(({ shape, count }) => ({
          key: shape,
          part: count / top,
          className: filled,
        }))
      }
      words={({ counts, gap }) => (counts ? inWords(t, counts) : gap)}
      told={({ counts, gap, name }) =>
        counts ? <CountList counts={counts} label={name} /> : <p className={styles.gap}>{gap}</p>
      }
    />
  );
}
