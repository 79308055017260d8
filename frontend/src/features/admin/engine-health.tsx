import { IconCircleCheck, IconPlugConnectedX, IconProgress } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';
import board from '@/features/admin/dashboard.module.css';
import { costText } from '@/features/admin/days';
import { Loaded } from '@/features/admin/loaded';
import { healthQuery } from '@/features/admin/overview-queries';
import { usePreferences } from '@/lib/use-preferences';

const icons = { closed: IconCircleCheck, half_open: IconProgress, open: IconPlugConnectedX };

/** How the engines are doing. */
export function EngineHealth() {
  const { t } = useTranslation('admin');
  const health = useQuery(healthQuery);
  return (
    <Loaded query={health} rows={2}>
      {({ mode, model, remote }) => (
        <>
          <p>{t(`health.mode.${mode}`)}</p>
          <dl className={styles.facts}>
            <div>
              <dt>{t('health.model')}</dt>
              <dd>{model}</dd>
            </div>
            {remote && <Remote remote={remote} />}
          </dl>
          {remote && <p className={styles.note}>{t('health.today')}</p>}
        </>
      )}
    </Loaded>
  );
}

function Remote({ remote }: { remote: Schema<'RemoteHealth'> }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const count = (n: number) => new Intl.NumberFormat(locale).format(n);
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  const seconds = (n: number) =>
    t('health.seconds', {
      n: new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(n),
    });
  const Icon = icons[remote.breaker];
  const facts = [
    [t('health.remote'), `${remote.model} · ${remote.host}`],
    [
      t('health.breaker'),
      <span key="breaker" className={board.breaker} data-state={remote.breaker}>
        <Icon size={18} stroke={1.75} aria-hidden="true" />
        {t(`health.breakerState.${remote.breaker}`)}
      </span>,
    ],
    [t('health.waiting'), count(remote.waiting)],
    [t('health.readings'), count(remote.readings)],
    [t('health.calls'), count(remote.calls)],
    [t('health.failures'), count(remote.failures)],
    [t('health.fallbacks'), count(remote.fallbacks)],
    [
      t('health.tokens'),
      t('health.tokensOf', {
        input: count(remote.inputTokens),
        output: count(remote.outputTokens),
      }),
    ],
    [t('health.cost'), costText(remote.cost, locale)],
    [t('health.budget'), percent.format(remote.budgetLeft)],
    [t('health.p50'), seconds(remote.p50)],
    [t('health.p95'), seconds(remote.p95)],
  ] as const;
  return facts.map(([name, value]) => (
    <div key={name}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  ));
}
