import { useTranslation } from 'react-i18next';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import { countOf, partsOf, sumOf } from '@/features/mood/counts';
import type { Column } from '@/features/mood/mood-chart';
import styles from '@/features/mood/mood-chart.module.css';
import { classNames } from '@/lib/class-names';
import { ChartTable } from '@/ui/chart/chart-table';

/** All that a chart of moods shows, in words and numbers. */
export function MoodTable({ columns }: { columns: readonly Column[] }) {
  const { t } = useTranslation(['mood', 'emotion']);
  const shapes = partsOf(sumOf(columns.map(({ counts }) => counts))).map(({ shape }) => shape);
  const heads = shapes.map((shape) => (
    <span key={shape} data-label={shape} className={classNames(ink.ink, styles.label)}>
      <EmotionIcon of={shape} /> {t(`emotion:label.${shape}`)}
    </span>
  ));
  return (
    <ChartTable
      summary={t('chart.table')}
      caption={t('chart.caption')}
      head={[t('chart.when'), ...heads]}
      rows={columns.map(({ key, name, counts, gap }) => ({
        key,
        name,
        cells: counts ? shapes.map((shape) => countOf(counts, shape)) : gap,
      }))}
    />
  );
}
