import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from '@/features/admin/data-table.module.css';
import { classNames } from '@/lib/class-names';

export interface TableColumn<R> {
  key: string;
  name: string;
  cell: (row: R) => ReactNode;
  /** Left out where the page is narrow; what leads to the row tells it, too. */
  wide?: boolean;
  number?: boolean;
  /** How the rows stand by this column, and how to have them so; for columns that can be sorted by. */
  sort?: { now: 'ascending' | 'descending' | undefined; turn: () => void };
}

interface Props<R> {
  caption: string;
  /** The first one names its row. */
  columns: readonly TableColumn<R>[];
  rows: readonly R[];
  rowKey: (row: R) => number;
  /** They are those of an earlier question. */
  older?: boolean;
}

/** A table that a phone shows in fewer columns. */
export function DataTable<R>({ caption, columns, rows, rowKey, older }: Props<R>) {
  return (
    // It may still be wider than the page; with the focus on it the arrow keys move it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="region" aria-label={caption} tabIndex={0} className={styles.scroll}>
      <table className={classNames(styles.table, older && styles.older)} aria-busy={older}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                aria-sort={column.sort && (column.sort.now ?? 'none')}
                data-wide={column.wide}
                data-number={column.number}
              >
                <Head column={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ key, cell, wide, number }, i) =>
                i === 0 ? (
                  <th key={key} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={key} data-wide={wide} data-number={number}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<R>({ column: { name, sort } }: { column: TableColumn<R> }) {
  if (!sort) return name;
  const Arrow = sort.now === 'descending' ? IconArrowDown : IconArrowUp;
  return (
    <button type="button" className={styles.sort} onClick={sort.turn}>
      {name}
      <Arrow
        size={14}
        stroke={2}
        aria-hidden="true"
        className={sort.now ? undefined : styles.unsorted}
      />
    </button>
  );
}
