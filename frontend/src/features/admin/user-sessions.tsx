import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';
import { Loaded } from '@/features/admin/loaded';
import { useSayAdminProblem } from '@/features/admin/problem';
import { useEndSessions, userSessionsQuery } from '@/features/admin/users-queries';
import { calendarDay, timeAgo } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { deviceOf } from '@/lib/user-agent';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';

/** Where somebody is logged in; one or all of it can be ended. */
export function UserSessions({ user }: { user: Schema<'AdminUser'> }) {
  const { t } = useTranslation('admin');
  const sessions = useQuery(userSessionsQuery(user.id));
  return (
    <section className={styles.section} aria-labelledby="admin-sessions">
      <div className={styles.between}>
        <h2 id="admin-sessions" className={styles.heading}>
          {t('user.sessions')}
        </h2>
        {(sessions.data?.length ?? 0) > 0 && <EndAll user={user} />}
      </div>
      <Loaded query={sessions} rows={2}>
        {(list) =>
          list.length === 0 ? (
            <p className={styles.note}>{t('user.sessionsNone')}</p>
          ) : (
            <ul>
              {list.map((session) => (
                <SessionRow key={session.id} userId={user.id} session={session} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  );
}

function EndAll({ user }: { user: Schema<'AdminUser'> }) {
  const { t } = useTranslation('admin');
  const [asking, setAsking] = useState(false);
  const end = useEndSessions(user.id);
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  const close = () => setAsking(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t('user.endAll')}</Button>
      {asking && (
        <ConfirmDialog
          title={t('user.endAllTitle', { name: user.nickname })}
          text={t('user.endAllText')}
          action={t('user.endAll')}
          busy={end.isPending}
          onClose={close}
          onConfirm={() =>
            end.mutate('all', {
              onSuccess: () => say(t('user.allEnded')),
              onError: sayProblem,
              onSettled: close,
            })
          }
        />
      )}
    </>
  );
}

function SessionRow({ userId, session }: { userId: number; session: Schema<'Session'> }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const end = useEndSessions(userId);
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  const { browser, system } = deviceOf(session.userAgent);
  const device =
    browser && system ? t('user.device', { browser, system }) : t('user.unknownDevice');
  const now = new Date();
  return (
    <li className={styles.row}>
      <div>
        <p>{device}</p>
        <p className={styles.note}>
          {t('user.session', {
            when: timeAgo(new Date(session.lastSeenAt), now, locale),
            date: calendarDay(new Date(session.createdAt), now, locale),
            address: session.address,
          })}
        </p>
      </div>
      <Button
        aria-label={t('user.endThis', { device })}
        busy={end.isPending}
        onClick={() =>
          end.mutate(session.id, {
            onSuccess: () => say(t('user.ended')),
            onError: sayProblem,
          })
        }
      >
        {t('user.end')}
      </Button>
    </li>
  );
}
