import { useTranslation } from 'react-i18next';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import { countOf, partsOf, sumOf } from '@/features/mood/counts';
import type { Column } from '@/features/mood/mood-chart';
import styles from '@/features/mood/mood-table.module.css';
import { classNames } from '@/lib/class-names';

/** All that a chart shows, in words and numbers; folded away until somebody wants it. */
export function MoodTable({ columns }: { columns: readonly Column[] }) {
  const { t } = useTranslation(['mood', 'emotion']);
  const shapes = partsOf(sumOf(columns.map(({ counts }) => counts))).map(({ shape }) => shape);
  return (
    <details className={styles.fold}>
      <summary className={styles.summary}>{t('chart.table')}</summary>
      {/* It may be wider than the page; with the focus on it the arrow keys move it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div role="region" aria-label={t('chart.caption')} tabIndex={0} className={styles.scroll}>
        <table className={styles.table}>
          <caption className="visually-hidden">{t('chart.caption')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('chart.when')}</th>
              {shapes.map((shape) => (
                <th
                  key={shape}
                  scope="col"
                  data-label={shape}
                  className={classNames(ink.ink, styles.label)}
                >
                  <EmotionIcon of={shape} /> {t(`emotion:label.${shape}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map(({ key, name, counts, gap }) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                {counts ? (
                  shapes.map((shape) => <td key={shape}>{countOf(counts, shape)}</td>)
                ) : (
                  <td colSpan={shapes.length} className={styles.gap}>
                    {gap}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
