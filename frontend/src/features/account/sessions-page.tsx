import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { sessionsQuery, useRevokeSession } from '@/features/account/queries';
import styles from '@/features/account/sessions-page.module.css';
import settings from '@/features/account/settings.module.css';
import { calendarDay, timeAgo } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { deviceOf } from '@/lib/user-agent';
import { Button } from '@/ui/button';
import { DetailPage } from '@/ui/detail-page';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';
import { useToast } from '@/ui/toast';

/** Where I am signed in; any place but this one can be signed out from here. */
export function SessionsPage() {
  const { t } = useTranslation('account');
  return (
    <DetailPage title={t('sessions.title')} back="/me">
      <p className={settings.note}>{t('sessions.text')}</p>
      <Sessions />
    </DetailPage>
  );
}

function Sessions() {
  const { t } = useTranslation('problems');
  const sessions = useQuery({ ...sessionsQuery, staleTime: 0 });
  if (sessions.isPending) return <SkeletonRows rows={2} />;
  if (!sessions.data) {
    return (
      <ErrorState
        title={t('title')}
        text={problemText(sessions.error)}
        onRetry={() => void sessions.refetch()}
      />
    );
  }
  return (
    <ul>
      {sessions.data.map((session) => (
        <SessionRow key={session.id} session={session} />
      ))}
    </ul>
  );
}

function SessionRow({ session }: { session: Schema<'Session'> }) {
  const { t } = useTranslation('account');
  const { locale } = usePreferences();
  const revoke = useRevokeSession();
  const say = useToast();
  const { browser, system, mobile } = deviceOf(session.userAgent);
  const device =
    browser && system ? t('sessions.device', { browser, system }) : t('sessions.unknown');
  const now = new Date();
  const Icon = mobile ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <li className={styles.row}>
      <Icon size={24} stroke={1.5} aria-hidden="true" className={styles.icon} />
      <div className={styles.words}>
        <p className={styles.name}>
          {device}
          {session.current && <span className={styles.current}>{t('sessions.current')}</span>}
        </p>
        <p className={settings.note}>
          {t('sessions.lastSeen', { when: timeAgo(new Date(session.lastSeenAt), now, locale) })}
          {' · '}
          {t('sessions.since', { date: calendarDay(new Date(session.createdAt), now, locale) })}
          {' · '}
          {session.address}
        </p>
      </div>
      {!session.current && (
        <Button
          aria-label={t('sessions.revokeThis', { device })}
          busy={revoke.isPending}
          onClick={() =>
            revoke.mutate(session.id, {
              onSuccess: () => say(t('sessions.revoked')),
              onError: (error) => say(problemText(error)),
            })
          }
        >
          {t('sessions.revoke')}
        </Button>
      )}
    </li>
  );
}
