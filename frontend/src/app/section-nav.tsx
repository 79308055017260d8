import { IconCompass, IconMessageCircle, IconUser, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import styles from '@/app/section-nav.module.css';
import { unreadQuery } from '@/features/announcements/queries';
import { friendsQuery } from '@/features/friends/queries';
import { Badge } from '@/ui/badge';

type Section = 'chats' | 'friends' | 'discover' | 'me' | 'admin';

interface Props {
  section: Section;
  /** Unread messages in all rooms. */
  waiting: number;
}

/** The sections of the app: above the list, or as the bar at the bottom of a phone. */
export function SectionNav({ section, waiting }: Props) {
  const { t } = useTranslation(['common', 'friends']);
  const { data: asked = 0 } = useQuery({
    ...friendsQuery,
    select: (friends) => friends.filter(({ state }) => state === 'incoming').length,
  });
  const { data: announced = 0 } = useQuery(unreadQuery);
  const links = [
    {
      to: '/chats',
      name: 'chats',
      Icon: IconMessageCircle,
      count: waiting,
      what: t('unread', { count: waiting }),
    },
    {
      to: '/friends',
      name: 'friends',
      Icon: IconUsers,
      count: asked,
      what: t('friends:requests.count', { count: asked }),
    },
    { to: '/discover', name: 'discover', Icon: IconCompass, count: 0, what: '' },
    {
      to: '/me',
      name: 'me',
      Icon: IconUser,
      count: announced,
      what: t('announcements', { count: announced }),
    },
  ] as const;
  return (
    <nav className={styles.nav} aria-label={t('nav.label')}>
      {links.map(({ to, name, Icon, count, what }) => (
        <Link
          key={to}
          to={to}
          className={styles.link}
          data-here={name === section}
          aria-current={name === section ? 'true' : undefined}
        >
          <Icon size={20} stroke={1.75} aria-hidden="true" />
          {t(`nav.${name}`)}
          <span className={styles.badge}>
            {name === 'me' ? (
              // A fourth number would not fit above a list, and how many there are does not matter much.
              count > 0 && (
                <span className={styles.dot}>
                  <span className="visually-hidden">{what}</span>
                </span>
              )
            ) : (
              <Badge count={count} label={what} most={99} />
            )}
          </span>
        </Link>
      ))}
    </nav>
  );
}
