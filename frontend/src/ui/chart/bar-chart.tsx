import { useState, type CSSProperties, type ReactNode } from 'react';
import { classNames } from '@/lib/class-names';
import styles from '@/ui/chart/bar-chart.module.css';

/** A stretch of time in a chart, or in the table that says the same. */
export interface Stretch {
  key: string;
  name: string;
  /** What stands under it; most have nothing. */
  tick: string | undefined;
}

/** One piece of a bar: a part of the scale, and the class that fills it. */
export interface Piece {
  key: string;
  part: number;
  className: string | undefined;
}

interface Props<S extends Stretch> {
  /** What the bars count. */
  title: string;
  /** What the slider over the bars is called. */
  pick: string;
  stretches: readonly S[];
  /** The top, the middle and the bottom of the scale. */
  scale: readonly [string, string, string];
  /** What a bar is made of, from the bottom up; null for a gap, which is no zero. */
  pieces: (stretch: S) => readonly Piece[] | null;
  /** What a bar says, for those who hear it. */
  words: (stretch: S) => string;
  /** What the picked bar says, below the chart. */
  told: (stretch: S) => ReactNode;
  /** A lower one, where several stand together. */
  low?: boolean;
}

/**
 * Bars over time. What one of them says stands below in words: that of the pointer, or the one that the arrow keys go to, as on any slider.
 */
export function BarChart<S extends Stretch>(props: Props<S>) {
  const { title, pick, stretches, scale, pieces, words, told, low } = props;
  const last = stretches.findLastIndex((one) => pieces(one) !== null);
  const [picked, setPicked] = useState(last < 0 ? stretches.length - 1 : last);
  const one = stretches[Math.min(picked, stretches.length - 1)];
  const width: CSSProperties & { '--columns': number } = { '--columns': stretches.length };
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.title}>{title}</figcaption>
      <div className={styles.area} style={width}>
        <div className={styles.scale} aria-hidden="true">
          {scale.map((mark, i) => (
            <span key={i}>{mark}</span>
          ))}
        </div>
        <div className={classNames(styles.plot, low && styles.low)}>
          <div className={styles.columns} aria-hidden="true">
            {stretches.map((stretch) => (
              <Bar key={stretch.key} pieces={pieces(stretch)} picked={stretch === one} />
            ))}
          </div>
          <input
            type="range"
            className={styles.range}
            min={0}
            max={stretches.length - 1}
            value={picked}
            aria-label={pick}
            aria-valuetext={one && `${one.name}: ${words(one)}`}
            onChange={(event) => setPicked(event.currentTarget.valueAsNumber)}
            onPointerMove={({ pointerType, clientX, currentTarget }) => {
              if (pointerType !== 'mouse') return;
              const { left, width: whole } = currentTarget.getBoundingClientRect();
              const at = Math.floor(((clientX - left) / whole) * stretches.length);
              setPicked(Math.min(Math.max(at, 0), stretches.length - 1));
            }}
          />
        </div>
        <div className={styles.ticks} data-many={stretches.length > 7} aria-hidden="true">
          {stretches.map(({ key, tick }) => (
            <span key={key} className={styles.tick}>
              {tick && <span>{tick}</span>}
            </span>
          ))}
        </div>
      </div>
      {one && (
        <div className={classNames(styles.picked, low && styles.short)}>
          <p className={styles.when}>{one.name}</p>
          {told(one)}
        </div>
      )}
    </figure>
  );
}

function Bar({ pieces, picked }: { pieces: readonly Piece[] | null; picked: boolean }) {
  return (
    <div className={styles.column} data-picked={picked} data-gap={pieces === null}>
      {pieces?.map(({ key, part, className }) => (
        <span
          key={key}
          data-shape={key}
          data-label={key}
          className={classNames(styles.piece, className)}
          style={{ flexBasis: `${part * 100}%` }}
        />
      ))}
    </div>
  );
}
