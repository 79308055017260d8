import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { personName } from '@/api/person-name';
import { useMe } from '@/features/account/queries';
import styles from '@/features/admin/admin.module.css';
import { CloseAccount } from '@/features/admin/close-account';
import { Loaded } from '@/features/admin/loaded';
import { dayAndTime } from '@/features/admin/moments';
import { PurgeDate } from '@/features/admin/purge-date';
import { RestoreAccount } from '@/features/admin/restore-account';
import { RoleChange } from '@/features/admin/role-change';
import { Secret } from '@/features/admin/secret';
import { StateMark } from '@/features/admin/state-mark';
import { UserSessions } from '@/features/admin/user-sessions';
import { userQuery } from '@/features/admin/users-queries';
import { calendarDay, timeAgo } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { DetailPage } from '@/ui/detail-page';

/** One account: what is known of it, and what an admin can do with it. */
export function UserPage() {
  const { t } = useTranslation('admin');
  const { userId } = useParams({ from: '/shell/admin/users/$userId' });
  const user = useQuery(userQuery(userId));
  const name = user.data && personName(user.data.user);
  return (
    <DetailPage
      key={userId}
      wide
      title={name ?? t('users.title')}
      back="/admin/users"
      backName={t('user.back')}
    >
      <Loaded query={user}>{(detail) => <Account detail={detail} />}</Loaded>
    </DetailPage>
  );
}

function Account({ detail }: { detail: Schema<'AdminUserDetail'> }) {
  const { t } = useTranslation('admin');
  const me = useMe();
  const [password, setPassword] = useState<string>();
  const { user } = detail;
  const own = user.id === me.id;
  return (
    <>
      <Facts detail={detail} own={own} />
      {user.state === 'deactivated' ? (
        <Closed detail={detail} onPassword={setPassword} />
      ) : (
        <>
          <section className={styles.section} aria-labelledby="admin-role">
            <h2 id="admin-role" className={styles.heading}>
              {t('user.role')}
            </h2>
            <RoleChange user={user} />
          </section>
          <UserSessions user={user} />
          <section className={styles.section} aria-labelledby="admin-close">
            <h2 id="admin-close" className={styles.heading}>
              {t('user.close')}
            </h2>
            {own ? (
              <p className={styles.note}>{t('user.closeOwn')}</p>
            ) : (
              <CloseAccount user={user} />
            )}
          </section>
        </>
      )}
      {password && (
        <Secret
          title={t('user.passwordTitle')}
          text={`${t('user.passwordIs', { name: user.nickname })}. ${t('user.passwordOnce')}`}
          secret={password}
          noted={t('user.noted')}
          onClose={() => setPassword(undefined)}
        />
      )}
    </>
  );
}

function Facts({ detail, own }: { detail: Schema<'AdminUserDetail'>; own: boolean }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const { user, friends, rooms } = detail;
  const { email } = user;
  const now = new Date();
  const seen = user.lastSeenAt ? timeAgo(new Date(user.lastSeenAt), now, locale) : t('users.never');
  const facts = [
    [t('user.id'), user.id],
    [t('user.state'), <StateMark key="state" state={user.state} />],
    [t('user.email'), t(user.emailVerified ? 'user.verified' : 'user.notVerified', { email })],
    [t('user.role'), t(`role.${user.role}`)],
    [t('user.locale'), t(`locale.${user.locale}`)],
    [t('user.since'), calendarDay(new Date(user.createdAt), now, locale)],
    [t('user.seen'), user.online ? t('users.online') : seen],
    [t('user.friends'), friends],
    [t('user.rooms'), rooms],
  ] as const;
  return (
    <section aria-label={t('user.facts')}>
      {own && <p className={styles.note}>{t('user.you')}</p>}
      {user.state === 'must_reset' && <p className={styles.note}>{t('user.must_reset')}</p>}
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface ClosedProps {
  detail: Schema<'AdminUserDetail'>;
  onPassword: (password: string) => void;
}

/** An account that can still be restored. */
function Closed({ detail: { user, reason }, onPassword }: ClosedProps) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const { closedBy, closedAt, purgeAfter, messages } = user;
  return (
    <>
      <section className={styles.section} aria-labelledby="admin-restore">
        <h2 id="admin-restore" className={styles.heading}>
          {t('state.deactivated')}
        </h2>
        {closedBy && closedAt && (
          <p>{t(`user.closedBy.${closedBy}`, { when: dayAndTime(closedAt, locale) })}</p>
        )}
        {reason && <p>{t('user.reasonWas', { reason })}</p>}
        <RestoreAccount user={user} onPassword={onPassword} />
      </section>
      <section className={styles.section} aria-labelledby="admin-purge">
        <h2 id="admin-purge" className={styles.heading}>
          {t('user.purgeHeading')}
        </h2>
        {purgeAfter && <p>{t('user.purge', { when: dayAndTime(purgeAfter, locale) })}</p>}
        {messages && <p className={styles.note}>{t(`user.messages.${messages}`)}</p>}
        <PurgeDate key={purgeAfter} user={user} />
      </section>
    </>
  );
}
