import { IconBan, IconDots, IconUserMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { personName } from '@/api/person-name';
import { ConfirmEnd } from '@/features/friends/confirm-end';
import styles from '@/features/friends/friend-row.module.css';
import { useMessageFriend } from '@/features/friends/use-message-friend';
import { Avatar } from '@/ui/avatar';
import { Menu } from '@/ui/menu';

/** A friend in the list: a press opens the chat, the menu ends the friendship. */
export function FriendRow({ friend: { user, online } }: { friend: Schema<'Friend'> }) {
  const { t } = useTranslation(['friends', 'common']);
  const [ending, setEnding] = useState<'remove' | 'block' | null>(null);
  const message = useMessageFriend();
  const name = personName(user);
  return (
    <li className={styles.row}>
      <button
        type="button"
        className={styles.open}
        aria-label={t('named.message', { name })}
        onClick={() => message(user)}
      >
        <Avatar id={user.id} name={name} dot={online ? t('common:online') : undefined} />
        <span className={styles.name}>{name}</span>
      </button>
      <Menu
        label={t('action.more', { name })}
        icon={<IconDots size={20} stroke={1.75} aria-hidden="true" />}
        className={styles.more}
        items={[
          {
            label: t('action.remove'),
            icon: <IconUserMinus size={18} stroke={1.75} aria-hidden="true" />,
            onSelect: () => setEnding('remove'),
          },
          {
            label: t('action.block'),
            icon: <IconBan size={18} stroke={1.75} aria-hidden="true" />,
            danger: true,
            onSelect: () => setEnding('block'),
          },
        ]}
      />
      {ending && <ConfirmEnd user={user} how={ending} onClose={() => setEnding(null)} />}
    </li>
  );
}
