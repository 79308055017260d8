import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';
import board from '@/features/admin/dashboard.module.css';
import { DayCharts } from '@/features/admin/day-charts';
import { EngineHealth } from '@/features/admin/engine-health';
import { Loaded } from '@/features/admin/loaded';
import { spans, statsQuery, type Span } from '@/features/admin/overview-queries';
import { clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Choice } from '@/ui/choice';
import { DetailPage } from '@/ui/detail-page';

const choices = { d7: 7, d30: 30, d90: 90 } as const satisfies Record<string, Span>;
const names = Object.keys(choices) as (keyof typeof choices)[];

/** How the server is used, by its address: /admin/dashboard?days=30. */
export function DashboardPage() {
  const { t } = useTranslation('admin');
  const search = useSearch({ from: '/shell/admin', shouldThrow: false });
  const days = spans.find((one) => one === Number(search?.days)) ?? 7;
  const navigate = useNavigate();
  const stats = useQuery(statsQuery(days));
  return (
    <DetailPage wide title={t('dashboard.title')} back="/admin">
      <Loaded query={stats} rows={4}>
        {(told) => (
          <>
            <Now stats={told} />
            <section className={styles.section} aria-labelledby="admin-days">
              <h2 id="admin-days" className={styles.heading}>
                {t('dashboard.charts')}
              </h2>
              <Choice
                label={t('dashboard.days.label')}
                labelHidden
                value={names.find((one) => choices[one] === days)}
                options={names.map((value) => ({ value, label: t(`dashboard.days.${value}`) }))}
                onChange={(value) =>
                  void navigate({
                    to: '/admin/dashboard',
                    search: { days: choices[value] },
                    replace: true,
                  })
                }
              />
              <div
                className={stats.isPlaceholderData ? styles.older : undefined}
                aria-busy={stats.isPlaceholderData}
              >
                <DayCharts key={told.days.length} days={told.days} />
              </div>
              <p className={styles.note}>{t('dashboard.zone', { zone: told.zone })}</p>
            </section>
          </>
        )}
      </Loaded>
      <section className={styles.section} aria-labelledby="admin-health">
        <h2 id="admin-health" className={styles.heading}>
          {t('health.title')}
        </h2>
        <EngineHealth />
      </section>
    </DetailPage>
  );
}

/** What the numbers of this moment are. */
function Now({ stats: { at, online, users, rooms } }: { stats: Schema<'Stats'> }) {
  const { t } = useTranslation(['admin', 'rooms']);
  const { locale } = usePreferences();
  const count = new Intl.NumberFormat(locale);
  const groups = [
    {
      title: t('dashboard.now'),
      numbers: [
        [t('dashboard.users'), online.users],
        [t('dashboard.sessions'), online.sessions],
        [t('dashboard.nodes'), online.nodes],
      ] as const,
    },
    {
      title: t('dashboard.accounts'),
      numbers: [
        [t('state.active'), users.active],
        [t('state.must_reset'), users.mustReset],
        [t('state.deactivated'), users.deactivated],
      ] as const,
    },
    {
      title: t('dashboard.rooms'),
      numbers: rooms.map(({ kind, phase, rooms: many }) => {
        if (kind === 'direct') return [t('kind.direct'), many] as const;
        const how = phase ? t(`rooms:phase.${phase}`) : t('dashboard.plain');
        return [`${t('kind.group')} · ${how}`, many] as const;
      }),
    },
  ];
  return (
    <>
      <p className={styles.note}>{t('dashboard.at', { time: clockTime(new Date(at), locale) })}</p>
      <div className={board.groups}>
        {groups.map(({ title, numbers }) => (
          <section key={title} className={board.group} aria-label={title}>
            <h2 className={styles.heading}>{title}</h2>
            {numbers.length === 0 && <p className={styles.note}>{t('dashboard.roomsNone')}</p>}
            <dl className={board.numbers}>
              {numbers.map(([name, number]) => (
                <div key={name} className={board.number}>
                  <dt>{name}</dt>
                  <dd>{count.format(number)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </>
  );
}
