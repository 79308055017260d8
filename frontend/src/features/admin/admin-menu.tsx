import {
  IconBuildingStore,
  IconGauge,
  IconHistory,
  IconLockSquareRounded,
  IconMessages,
  IconSpeakerphone,
  IconUsers,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import styles from '@/features/admin/admin-menu.module.css';
import { Pane } from '@/ui/pane';

const links = [
  { name: 'dashboard', Icon: IconGauge },
  { name: 'users', Icon: IconUsers },
  { name: 'rooms', Icon: IconMessages },
  { name: 'stores', Icon: IconBuildingStore },
  { name: 'boxes', Icon: IconLockSquareRounded },
  { name: 'announcements', Icon: IconSpeakerphone },
  { name: 'audit', Icon: IconHistory },
] as const;

/** The pages for admins. */
export function AdminMenu() {
  const { t } = useTranslation('admin');
  return (
    <Pane>
      <nav aria-label={t('menu.label')} className={styles.links}>
        {links.map(({ name, Icon }) => (
          <Link key={name} to={`/admin/${name}`} className={styles.link}>
            <Icon size={20} stroke={1.75} aria-hidden="true" />
            <span className={styles.words}>
              <span className={styles.name}>{t(`menu.${name}`)}</span>
              <span className={styles.text}>{t(`menu.${name}Text`)}</span>
            </span>
          </Link>
        ))}
      </nav>
    </Pane>
  );
}
