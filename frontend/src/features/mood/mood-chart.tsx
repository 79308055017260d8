import { useState, type CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import ink from '@/features/emotion/ink.module.css';
import { CountList } from '@/features/mood/count-list';
import { inWords, partsOf, topOf, totalOf, type Counts } from '@/features/mood/counts';
import fill from '@/features/mood/fill.module.css';
import styles from '@/features/mood/mood-chart.module.css';
import { classNames } from '@/lib/class-names';

/** A stretch of time in a chart, or in the table that says the same. */
export interface Column {
  key: string;
  name: string;
  /** What stands under it; most have nothing. */
  tick: string | undefined;
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

/**
 * Bars of messages over time, by how they sounded. What one of them says stands below it in words: that of the pointer, or the one that
 * the arrow keys go to, as on any slider.
 */
export function MoodChart({ title, columns }: Props) {
  const { t } = useTranslation(['mood', 'emotion']);
  const last = columns.findLastIndex(({ counts }) => counts !== null);
  const [picked, setPicked] = useState(last < 0 ? columns.length - 1 : last);
  const top = topOf(Math.max(...columns.map(({ counts }) => (counts ? totalOf(counts) : 0))));
  const one = columns[picked];
  const words = one && (one.counts ? inWords(t, one.counts) : one.gap);
  const width: CSSProperties & { '--columns': number } = { '--columns': columns.length };
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.title}>{title}</figcaption>
      <div className={styles.area} style={width}>
        <div className={styles.scale} aria-hidden="true">
          <span>{top}</span>
          <span>{top / 2}</span>
          <span>0</span>
        </div>
        <div className={styles.plot}>
          <div className={styles.columns} aria-hidden="true">
            {columns.map((column, i) => (
              <Bar key={column.key} column={column} top={top} picked={i === picked} />
            ))}
          </div>
          <input
            type="range"
            className={styles.range}
            min={0}
            max={columns.length - 1}
            value={picked}
            aria-label={t('chart.pick')}
            aria-valuetext={one && `${one.name}: ${words}`}
            onChange={(event) => setPicked(event.currentTarget.valueAsNumber)}
            onPointerMove={({ pointerType, clientX, currentTarget }) => {
              if (pointerType !== 'mouse') return;
              const { left, width: whole } = currentTarget.getBoundingClientRect();
              const at = Math.floor(((clientX - left) / whole) * columns.length);
              setPicked(Math.min(Math.max(at, 0), columns.length - 1));
            }}
          />
        </div>
        <div className={styles.ticks} data-many={columns.length > 7} aria-hidden="true">
          {columns.map(({ key, tick }) => (
            <span key={key} className={styles.tick}>
              {tick && <span>{tick}</span>}
            </span>
          ))}
        </div>
      </div>
      {one && (
        <div className={styles.picked}>
          <p className={styles.when}>{one.name}</p>
          {one.counts ? (
            <CountList counts={one.counts} label={one.name} />
          ) : (
            <p className={styles.gap}>{one.gap}</p>
          )}
        </div>
      )}
    </figure>
  );
}

function Bar({ column, top, picked }: { column: Column; top: number; picked: boolean }) {
  const { counts } = column;
  return (
    <div className={styles.column} data-picked={picked} data-gap={counts === null}>
      {counts &&
        partsOf(counts).map(({ shape, count }) => (
          <span
            key={shape}
            data-shape={shape}
            data-label={shape}
            className={classNames(ink.ink, fill.fill, styles.piece)}
            style={{ flexBasis: `${(count / top) * 100}%` }}
          />
        ))}
    </div>
  );
}
