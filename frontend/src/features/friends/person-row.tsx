import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { hasLeft, personName } from '@/api/person-name';
import styles from '@/features/friends/person-row.module.css';
import { Avatar } from '@/ui/avatar';

interface Props {
  user: Schema<'UserSummary'>;
  /** How things stand, or since when. */
  text?: string;
  online?: boolean;
  /** What can be done with this person. */
  children?: ReactNode;
}

/** Somebody in a list. */
export function PersonRow({ user, text, online, children }: Props) {
  const { t } = useTranslation();
  return (
    <li className={styles.row}>
      <Avatar
        id={user.id}
        name={personName(user)}
        gone={hasLeft(user)}
        dot={online ? t('online') : undefined}
      />
      <span className={styles.words}>
        <span className={styles.name}>{personName(user)}</span>
        {text && <span className={styles.text}>{text}</span>}
      </span>
      <span className={styles.actions}>{children}</span>
    </li>
  );
}
