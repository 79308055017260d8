import type { ReactNode } from 'react';
import styles from '@/ui/chart/chart-table.module.css';

interface Row {
  key: string;
  name: string;
  /** A sentence over the whole row says why there are no numbers. */
  cells: readonly ReactNode[] | string;
}

interface Props {
  /** What unfolds it. */
  summary: string;
  caption: string;
  /** The first column's name, and those of the others. */
  head: readonly [string, ...ReactNode[]];
  rows: readonly Row[];
}

/** All that a chart shows, in words and numbers; folded away until somebody wants it. */
export function ChartTable({ summary, caption, head, rows }: Props) {
  return (
    <details className={styles.fold}>
      <summary className={styles.summary}>{summary}</summary>
      {/* It may be wider than the page; with the focus on it the arrow keys move it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div role="region" aria-label={caption} tabIndex={0} className={styles.scroll}>
        <table className={styles.table}>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {head.map((name, i) => (
                <th key={i} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ key, name, cells }) => (
              <tr key={key}>
                <th scope="row">{name}</th>
                {typeof cells === 'string' ? (
                  <td colSpan={head.length - 1} className={styles.gap}>
                    {cells}
                  </td>
                ) : (
                  cells.map((cell, i) => <td key={i}>{cell}</td>)
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
