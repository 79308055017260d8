import {
  IconCalendarHeart,
  IconDatabase,
  IconDevices,
  IconKey,
  IconLogout,
  IconMessage2Heart,
  IconPalette,
  IconSpeakerphone,
  IconUserCircle,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import styles from '@/features/account/me-menu.module.css';
import { useLogout, useMe } from '@/features/account/queries';
import { unreadQuery } from '@/features/announcements/queries';
import { Avatar } from '@/ui/avatar';
import { Badge } from '@/ui/badge';
import { Pane } from '@/ui/pane';
import { useToast } from '@/ui/toast';

const links = [
  { name: 'profile', to: '/me/profile', Icon: IconUserCircle },
  { name: 'readings', to: '/me/readings', Icon: IconMessage2Heart },
  { name: 'reflection', to: '/me/reflection', Icon: IconCalendarHeart },
  { name: 'appearance', to: '/me/appearance', Icon: IconPalette },
  { name: 'password', to: '/me/password', Icon: IconKey },
  { name: 'sessions', to: '/me/sessions', Icon: IconDevices },
  { name: 'announcements', to: '/announcements', Icon: IconSpeakerphone },
  { name: 'data', to: '/me/data', Icon: IconDatabase },
] as const;

/** Who I am here, my settings, and the way out. */
export function MeMenu() {
  const { t } = useTranslation(['account', 'common']);
  const me = useMe();
  const { data: unread = 0 } = useQuery(unreadQuery);
  const logout = useLogout();
  const say = useToast();
  return (
    <Pane
      top={
        <div className={styles.who}>
          <Avatar id={me.id} name={me.nickname} size="large" />
          <div className={styles.words}>
            <p className={styles.name}>{me.nickname}</p>
            <p className={styles.text}>{me.email}</p>
          </div>
        </div>
      }
    >
      <nav aria-label={t('me.title')} className={styles.links}>
        {links.map(({ name, to, Icon }) => (
          <Link key={name} to={to} className={styles.link}>
            <Icon size={20} stroke={1.75} aria-hidden="true" />
            <span className={styles.words}>
              <span className={styles.name}>{t(`me.menu.${name}`)}</span>
              <span className={styles.text}>{t(`me.menu.${name}Text`)}</span>
            </span>
            {name === 'announcements' && (
              <span className={styles.end}>
                <Badge count={unread} label={t('common:announcements', { count: unread })} />
              </span>
            )}
          </Link>
        ))}
      </nav>
      <button
        type="button"
        className={styles.link}
        disabled={logout.isPending}
        onClick={() => logout.mutate(undefined, { onError: (error) => say(problemText(error)) })}
      >
        <IconLogout size={20} stroke={1.75} aria-hidden="true" />
        <span className={styles.name}>
          {logout.isPending ? t('me.loggingOut') : t('me.logout')}
        </span>
      </button>
    </Pane>
  );
}
