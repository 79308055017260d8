import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';
import board from '@/features/admin/dashboard.module.css';
import { costText, daysOf, enginesOf, engines, readingsBy, topOfCost } from '@/features/admin/days';
import type { Day } from '@/features/admin/days';
import { classNames } from '@/lib/class-names';
import { usePreferences } from '@/lib/use-preferences';
import { BarChart, type Piece } from '@/ui/chart/bar-chart';
import { ChartTable } from '@/ui/chart/chart-table';
import { topOf } from '@/ui/chart/scale';

type Measure = 'visitors' | 'newUsers' | 'messages';

/** Each number of the days as bars, with a table that says the same. */
export function DayCharts({ days }: { days: readonly Schema<'DayStats'>[] }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const named = daysOf(days, locale);
  return (
    <div className={board.charts}>
      <CountChart of="visitors" days={named} note={t('dashboard.visitorsNote')} />
      <CountChart of="newUsers" days={named} />
      <CountChart of="messages" days={named} />
      <ReadingsChart days={named} />
      <CostChart days={named} />
    </div>
  );
}

interface ChartProps {
  days: readonly Day[];
}

/** One number a day. */
function CountChart({ of, days, note }: ChartProps & { of: Measure; note?: string }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const count = (n: number) => new Intl.NumberFormat(locale).format(n);
  const top = topOf(Math.max(...days.map((day) => day[of])));
  const name = t(`dashboard.${of}`);
  return (
    <Chart
      name={name}
      days={days}
      scale={[count(top), count(top / 2), '0']}
      pieces={(day) =>
        day[of] === 0 ? [] : [{ key: of, part: day[of] / top, className: board.fill }]
      }
      words={(day) => count(day[of])}
      head={[name]}
      cells={(day) => [count(day[of])]}
      // People who come every day are not many people: visitors do not add up.
      total={of === 'visitors' ? undefined : count(days.reduce((sum, day) => sum + day[of], 0))}
      note={note}
    />
  );
}

/** Readings by what made them. */
function ReadingsChart({ days }: ChartProps) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const count = (n: number) => new Intl.NumberFormat(locale).format(n);
  const sums = days.map((day) => engines.reduce((sum, engine) => sum + readingsBy(day, engine), 0));
  const top = topOf(Math.max(...sums));
  const entry = (day: Day, engine: Schema<'Engine'>) =>
    t('dashboard.entry', {
      word: t(`dashboard.engine.${engine}`),
      n: count(readingsBy(day, engine)),
    });
  return (
    <Chart
      name={t('dashboard.readings')}
      days={days}
      scale={[count(top), count(top / 2), '0']}
      pieces={(day) =>
        enginesOf(day).map((engine) => ({
          key: engine,
          part: readingsBy(day, engine) / top,
          className: board.fill,
        }))
      }
      words={(day) =>
        enginesOf(day)
          .map((engine) => entry(day, engine))
          .join(', ') || t('dashboard.nothing')
      }
      told={(day) =>
        enginesOf(day).map((engine) => (
          <span key={engine} className={board.entry}>
            <span
              className={classNames(board.fill, board.swatch)}
              data-shape={engine}
              aria-hidden="true"
            />
            {entry(day, engine)}
          </span>
        ))
      }
      head={engines.map((engine) => t(`dashboard.engine.${engine}`))}
      cells={(day) => engines.map((engine) => count(readingsBy(day, engine)))}
      total={count(sums.reduce((sum, n) => sum + n, 0))}
    />
  );
}

/** What the remote engine cost. */
function CostChart({ days }: ChartProps) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const top = topOfCost(Math.max(...days.map(({ cost }) => cost)));
  const name = t('dashboard.cost');
  return (
    <Chart
      name={name}
      days={days}
      scale={[costText(top, locale), costText(top / 2, locale), '0']}
      pieces={({ cost }) =>
        cost === 0 ? [] : [{ key: 'cost', part: cost / top, className: board.fill }]
      }
      words={({ cost }) => costText(cost, locale)}
      head={[name]}
      cells={({ cost }) => [costText(cost, locale)]}
      total={costText(
        days.reduce((sum, { cost }) => sum + cost, 0),
        locale,
      )}
      note={t('dashboard.costNote')}
    />
  );
}

interface Parts extends ChartProps {
  name: string;
  scale: readonly [string, string, string];
  pieces: (day: Day) => readonly Piece[];
  words: (day: Day) => string;
  /** What the words say, with more than words. */
  told?: (day: Day) => ReactNode;
  /** The table's columns after the day. */
  head: readonly string[];
  cells: (day: Day) => readonly string[];
  total: string | undefined;
  note?: string | undefined;
}

function Chart({ name, days, scale, pieces, words, told, head, cells, total, note }: Parts) {
  const { t } = useTranslation('admin');
  return (
    <div className={board.chart}>
      <BarChart
        low
        title={name}
        pick={t('dashboard.pick', { what: name })}
        stretches={days}
        scale={scale}
        pieces={pieces}
        words={words}
        told={(day) => <p className={board.told}>{told?.(day) ?? words(day)}</p>}
      />
      {total !== undefined && <p className={styles.note}>{t('dashboard.total', { total })}</p>}
      {note && <p className={styles.note}>{note}</p>}
      <ChartTable
        summary={t('dashboard.table')}
        caption={name}
        head={[t('dashboard.day'), ...head]}
        rows={days.map((day) => ({ key: day.key, name: day.name, cells: cells(day) }))}
      />
    </div>
  );
}
