import {
  IconChevronLeft,
  IconChevronRight,
  IconDownload,
  IconMoodSmile,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { useMe } from '@/features/account/queries';
import { CountList } from '@/features/mood/count-list';
import { totalOf } from '@/features/mood/counts';
import { dayNames, isElsewhere, today, weekName } from '@/features/mood/moments';
import { MoodChart, type Column } from '@/features/mood/mood-chart';
import styles from '@/features/mood/mood-page.module.css';
import { MoodSkeleton } from '@/features/mood/mood-skeleton';
import { MoodTable } from '@/features/mood/mood-table';
import { NoMood } from '@/features/mood/no-mood';
import { reflectionQuery } from '@/features/mood/queries';
import { saveFile } from '@/lib/save-file';
import { usePreferences } from '@/lib/use-preferences';
import { numberOf, weekAfter } from '@/lib/week';
import { Button, buttonClass } from '@/ui/button';
import { DetailPage } from '@/ui/detail-page';
import { EmptyState } from '@/ui/empty-state';
import { IconButton } from '@/ui/icon-button';

type Reflection = Schema<'Reflection'>;

/** A week of my own messages, by its address: /me/reflection?week=2026-W47. */
export function ReflectionPage() {
  const { t } = useTranslation('mood');
  const { week } = useSearch({ from: '/shell/me/reflection' });
  const { data, error, refetch } = useQuery(reflectionQuery(week));
  return (
    <DetailPage title={t('week.title')} back="/me">
      <p className={styles.text}>{t('week.text')}</p>
      {error && isNoWeek(error) && (
        <EmptyState title={t('week.wrong')} text={t('week.wrongText')} action={<Now />} />
      )}
      {error && !isNoWeek(error) && <NoMood error={error} onRetry={() => void refetch()} />}
      {!error && !data && <MoodSkeleton />}
      {!error && data && (
        <>
          <Weeks week={data} />
          <Week key={data.week} week={data} />
        </>
      )}
    </DetailPage>
  );
}

function isNoWeek(error: Error): boolean {
  return error instanceof Problem && (error.status === 400 || error.status === 422);
}

function Now() {
  const { t } = useTranslation('mood');
  return (
    <Link to="/me/reflection" search={{}} className={buttonClass('primary')}>
      {t('week.now')}
    </Link>
  );
}

/** From week to week, as far back as I have been here. */
function Weeks({ week: { week, from, to, timeZone } }: { week: Reflection }) {
  const { t } = useTranslation('mood');
  const { locale } = usePreferences();
  const { createdAt } = useMe();
  const navigate = useNavigate({ from: '/me/reflection' });
  const first = Date.parse(from) <= Date.parse(createdAt);
  const last = new Date(to) > new Date();
  const go = (by: 1 | -1) => void navigate({ search: { week: weekAfter(week, by) } });
  const icon = { size: 20, stroke: 1.75, 'aria-hidden': true } as const;
  return (
    <nav aria-label={t('week.pick')} className={styles.weeks}>
      {/* They stay where they are, also with the focus on them, when there is nothing further. */}
      <IconButton
        label={t('week.previous')}
        aria-disabled={first}
        className={first ? styles.off : undefined}
        onClick={() => !first && go(-1)}
      >
        <IconChevronLeft {...icon} />
      </IconButton>
      <div className={styles.week} aria-live="polite">
        <p className={styles.range}>{weekName(from, to, timeZone, locale)}</p>
        <p className={styles.note}>{t('week.number', { number: numberOf(week) })}</p>
      </div>
      <IconButton
        label={t('week.next')}
        tip="left"
        aria-disabled={last}
        className={last ? styles.off : undefined}
        onClick={() => !last && go(1)}
      >
        <IconChevronRight {...icon} />
      </IconButton>
    </nav>
  );
}

function Week({ week }: { week: Reflection }) {
  const { t } = useTranslation('mood');
  const { locale } = usePreferences();
  const { messages, counts, corrected, timeZone } = week;
  const read = totalOf(counts);
  const now = today(timeZone, new Date());
  const columns = week.days.map((day): Column => {
    const none = totalOf(day.counts) === 0;
    return {
      key: day.date,
      ...dayNames(day.date, locale),
      counts: none ? null : day.counts,
      gap: gapOf(day, now),
    };
  });
  function gapOf(day: Schema<'ReflectionDay'>, present: string): string {
    if (day.messages > 0) return t('gap.unread', { count: day.messages });
    return t(day.date > present ? 'gap.coming' : 'gap.none');
  }
  return (
    <>
      {read === 0 && (
        <EmptyState
          icon={<IconMoodSmile size={28} stroke={1.5} />}
          title={t(messages === 0 ? 'week.empty' : 'week.unread')}
          text={t(messages === 0 ? 'week.emptyText' : 'week.unreadText')}
        />
      )}
      {read > 0 && (
        <>
          <section className={styles.sum} aria-labelledby="week-sum">
            <h2 id="week-sum" className={styles.heading}>
              {t('chart.sum')}
            </h2>
            <p>
              {t('week.sum', { count: messages })} {t('week.read', { count: read })}
            </p>
            <CountList counts={counts} label={t('chart.sum')} legend />
            <div className={styles.lines}>
              {counts.love > 0 && (
                <p className={styles.note}>{t('love', { count: counts.love })}</p>
              )}
              {corrected > 0 && (
                <p className={styles.note}>{t('week.corrected', { count: corrected })}</p>
              )}
            </div>
          </section>
          <MoodChart title={t('chart.day')} columns={columns} />
          <MoodTable columns={columns} />
        </>
      )}
      <div className={styles.lines}>
        <p className={styles.note}>{t('week.note')}</p>
        {isElsewhere(timeZone, new Date()) && (
          <p className={styles.note}>{t('zone', { zone: timeZone })}</p>
        )}
      </div>
      <div className={styles.buttons}>
        <Button
          icon={<IconDownload size={18} stroke={1.75} aria-hidden="true" />}
          onClick={() => saveFile(fileOf(week), `emosation-${week.week}.json`)}
        >
          {t('week.download')}
        </Button>
      </div>
    </>
  );
}

/** The week as the server told it. */
function fileOf(week: Reflection): Blob {
  return new Blob([`${JSON.stringify(week, null, 2)}\n`], { type: 'application/json' });
}
