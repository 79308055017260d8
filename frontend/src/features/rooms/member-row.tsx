import { IconCrown, IconDots, IconUserMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { hasLeft, personName } from '@/api/person-name';
import { problemText } from '@/api/problem-text';
import { useKick, useTransferHost } from '@/features/rooms/commands';
import styles from '@/features/rooms/member-list.module.css';
import { Avatar } from '@/ui/avatar';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { Menu } from '@/ui/menu';
import { useToast } from '@/ui/toast';

interface Props {
  roomId: number;
  member: Schema<'Member'>;
  isHost: boolean;
  isMe: boolean;
  /** I lead the room, and this is somebody else. */
  mayManage: boolean;
}

/** A member of a room, and what its host can do with them. */
export function MemberRow({ roomId, member: { user, online }, isHost, isMe, mayManage }: Props) {
  const { t } = useTranslation(['rooms', 'common']);
  const [asking, setAsking] = useState<'kick' | 'host' | null>(null);
  const name = personName(user);
  return (
    <div className={styles.row}>
      <Avatar
        id={user.id}
        name={name}
        gone={hasLeft(user)}
        dot={online ? t('common:online') : undefined}
      />
      <span className={styles.words}>
        <span className={styles.name}>{name}</span>
        {(isHost || isMe) && (
          <span className={styles.marks}>
            {isHost && (
              <span className={styles.host}>
                <IconCrown size={14} stroke={2} aria-hidden="true" />
                {t('members.host')}
              </span>
            )}
            {isMe && <span>{t('members.you')}</span>}
          </span>
        )}
      </span>
      {mayManage && (
        <Menu
          label={t('members.more', { name })}
          icon={<IconDots size={20} stroke={1.75} aria-hidden="true" />}
          items={[
            {
              label: t('members.makeHost'),
              icon: <IconCrown size={18} stroke={1.75} aria-hidden="true" />,
              onSelect: () => setAsking('host'),
            },
            {
              label: t('members.kick'),
              icon: <IconUserMinus size={18} stroke={1.75} aria-hidden="true" />,
              danger: true,
              onSelect: () => setAsking('kick'),
            },
          ]}
        />
      )}
      {asking === 'host' && <AskHost {...{ roomId, user }} onClose={() => setAsking(null)} />}
      {asking === 'kick' && <AskKick {...{ roomId, user }} onClose={() => setAsking(null)} />}
    </div>
  );
}

interface AskProps {
  roomId: number;
  user: Schema<'UserSummary'>;
  onClose: () => void;
}

function AskHost({ roomId, user, onClose }: AskProps) {
  const { t } = useTranslation('rooms');
  const transfer = useTransferHost(roomId);
  const say = useToast();
  const name = personName(user);
  return (
    <ConfirmDialog
      title={t('members.makeHostTitle', { name })}
      text={t('members.makeHostText', { name })}
      action={t('members.makeHost')}
      look="primary"
      busy={transfer.isPending}
      onClose={onClose}
      onConfirm={() =>
        transfer.mutate(user.id, {
          onError: (error) => say(problemText(error)),
          onSettled: onClose,
        })
      }
    />
  );
}

function AskKick({ roomId, user, onClose }: AskProps) {
  const { t } = useTranslation('rooms');
  const kick = useKick(roomId);
  const say = useToast();
  const name = personName(user);
  return (
    <ConfirmDialog
      title={t('members.kickTitle', { name })}
      text={t('members.kickText', { name })}
      action={t('members.kickAction')}
      busy={kick.isPending}
      onClose={onClose}
      onConfirm={() =>
        kick.mutate(user.id, {
          onError: (error) => say(problemText(error)),
          onSettled: onClose,
        })
      }
    />
  );
}
