import {
  IconCalendarHeart,
  IconDatabase,
  IconDevices,
  IconKey,
  IconLogout,
  IconMessage2Heart,
  IconPalette,
  IconUserCircle,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import styles from '@/features/account/me-menu.module.css';
import { useLogout, useMe } from '@/features/account/queries';
import { Avatar } from '@/ui/avatar';
import { Pane } from '@/ui/pane';
import { useToast } from '@/ui/toast';

const links = [
  { name: 'profile', Icon: IconUserCircle },
  { name: 'readings', Icon: IconMessage2Heart },
  { name: 'reflection', Icon: IconCalendarHeart },
  { name: 'appearance', Icon: IconPalette },
  { name: 'password', Icon: IconKey },
  { name: 'sessions', Icon: IconDevices },
  { name: 'data', Icon: IconDatabase },
] as const;

/** Who I am here, my settings, and the way out. */
export function MeMenu() {
  const { t } = useTranslation('account');
  const me = useMe();
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
        {links.map(({ name, Icon }) => (
          <Link key={name} to={`/me/${name}`} className={styles.link}>
            <Icon size={20} stroke={1.75} aria-hidden="true" />
            <span className={styles.words}>
              <span className={styles.name}>{t(`me.menu.${name}`)}</span>
              <span className={styles.text}>{t(`me.menu.${name}Text`)}</span>
            </span>
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
