import { IconMoodSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { CountList } from '@/features/mood/count-list';
import { sumOf } from '@/features/mood/counts';
import { isElsewhere, momentName, tickOf } from '@/features/mood/moments';
import { MoodChart, type Column } from '@/features/mood/mood-chart';
import styles from '@/features/mood/mood-page.module.css';
import { MoodSkeleton } from '@/features/mood/mood-skeleton';
import { MoodTable } from '@/features/mood/mood-table';
import { NoMood } from '@/features/mood/no-mood';
import { moodQuery, type Period } from '@/features/mood/queries';
import { roomName, useRoom } from '@/features/rooms/queries';
import { usePreferences } from '@/lib/use-preferences';
import { Choice } from '@/ui/choice';
import { DetailPage } from '@/ui/detail-page';
import { EmptyState } from '@/ui/empty-state';

const choices = { d1: 1, d7: 7, d30: 30, d90: 90 } as const satisfies Record<string, Period>;
const names = Object.keys(choices) as (keyof typeof choices)[];

/** How a conversation has felt over time, by its address: /rooms/12/mood?days=30. */
export function MoodPage() {
  const { t } = useTranslation('mood');
  const { roomId } = useParams({ from: '/shell/rooms/$roomId/mood' });
  const { days = 7 } = useSearch({ from: '/shell/rooms/$roomId/mood' });
  const navigate = useNavigate({ from: '/rooms/$roomId/mood' });
  const { data: room } = useRoom(roomId);
  const name = room && roomName(room);
  return (
    <DetailPage
      title={name ? t('of', { name }) : t('title')}
      back="/rooms/$roomId"
      backParams={{ roomId }}
      backName={t('back')}
    >
      <p className={styles.text}>{t('text')}</p>
      <Choice
        label={t('days.label')}
        labelHidden
        value={names.find((one) => choices[one] === days)}
        options={names.map((value) => ({ value, label: t(`days.${value}`) }))}
        onChange={(value) => void navigate({ search: { days: choices[value] }, replace: true })}
      />
      <Stretch key={`${roomId} ${days}`} roomId={roomId} days={days} />
    </DetailPage>
  );
}

function Stretch({ roomId, days }: { roomId: number; days: Period }) {
  const { data, error, refetch } = useQuery(moodQuery(roomId, days));
  if (error) return <NoMood error={error} roomId={roomId} onRetry={() => void refetch()} />;
  return data ? <Timeline mood={data} /> : <MoodSkeleton />;
}

function Timeline({ mood }: { mood: Schema<'Mood'> }) {
  const { t } = useTranslation('mood');
  const { locale } = usePreferences();
  const { unit, timeZone, leastPeople: people, buckets } = mood;
  const group = people > 1;
  const sum = sumOf(buckets.map(({ counts }) => counts));
  const gap = t(group ? 'gap.group' : 'gap.direct');
  const columns = buckets.map(({ from, to, counts }, i): Column => ({
    key: from,
    name: momentName({ from, to }, unit, timeZone, locale),
    tick: tickOf(buckets, i, unit, timeZone, locale),
    counts,
    gap,
  }));
  const shown = buckets.some(({ counts }) => counts !== null);
  const gaps = buckets.some(({ counts }) => counts === null);
  return (
    <>
      {!shown && (
        <EmptyState
          icon={<IconMoodSearch size={28} stroke={1.5} />}
          title={t('empty.title')}
          text={group ? t('empty.group', { people }) : t('empty.direct')}
        />
      )}
      {shown && (
        <>
          <MoodChart title={t(`chart.${unit}`)} columns={columns} />
          <section className={styles.sum} aria-labelledby="mood-sum">
            <h2 id="mood-sum" className={styles.heading}>
              {t('chart.sum')}
            </h2>
            <CountList counts={sum} label={t('chart.sum')} legend />
            {sum.love > 0 && <p className={styles.note}>{t('love', { count: sum.love })}</p>}
            {gaps && (
              <p className={styles.note}>
                <span className={styles.gap} aria-hidden="true" /> {t('chart.gap', { why: gap })}
              </p>
            )}
          </section>
          <MoodTable columns={columns} />
        </>
      )}
      {group && <p className={styles.note}>{t('people', { people })}</p>}
      {isElsewhere(timeZone, new Date()) && (
        <p className={styles.note}>{t('zone', { zone: timeZone })}</p>
      )}
    </>
  );
}
