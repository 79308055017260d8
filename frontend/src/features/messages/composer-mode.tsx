import { IconArrowBackUp, IconPencil, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/features/account/queries';
import styles from '@/features/messages/composer.module.css';
import { excerpt } from '@/features/messages/excerpt';
import { useNickname } from '@/features/messages/people';
import type { Message } from '@/features/messages/thread';
import { useTools } from '@/features/messages/tools';
import { IconButton } from '@/ui/icon-button';

/** What the composer is for now. */
export type Mode = { kind: 'new' } | { kind: 'reply' | 'edit'; message: Message };

interface Props {
  mode: Mode;
  onCancel: () => void;
}

/** Says that what is written answers or changes a message; nothing for a plain new one. */
export function ComposerMode({ mode, onCancel }: Props) {
  if (mode.kind === 'new') return null;
  return <Banner kind={mode.kind} message={mode.message} onCancel={onCancel} />;
}

interface BannerProps {
  kind: 'reply' | 'edit';
  message: Message;
  onCancel: () => void;
}

function Banner({ kind, message, onCancel }: BannerProps) {
  const { t } = useTranslation('messages');
  const { roomId } = useTools();
  const name = useNickname(roomId, message.sender);
  const self = useMe().id === message.sender;
  const replying = kind === 'reply';
  const title = self ? t('composer.replyingSelf') : t('composer.replying', { name });
  const Icon = replying ? IconArrowBackUp : IconPencil;
  return (
    <div className={styles.mode}>
      <Icon size={18} stroke={1.75} aria-hidden="true" />
      <p className={styles.modeWords}>
        <b>{replying ? title : t('composer.editing')}</b>
        <span className={styles.excerpt}>{excerpt(message, t('deleted'))}</span>
      </p>
      <IconButton
        label={t(replying ? 'composer.stopReplying' : 'composer.stopEditing')}
        tip="left"
        onClick={onCancel}
      >
        <IconX size={18} stroke={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
