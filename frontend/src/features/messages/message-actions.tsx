import { IconArrowBackUp, IconCopy, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useDeleteMessage } from '@/features/messages/queries';
import { ReactButton } from '@/features/messages/react-button';
import styles from '@/features/messages/message-actions.module.css';
import type { Message } from '@/features/messages/thread';
import { useTools } from '@/features/messages/tools';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { IconButton } from '@/ui/icon-button';
import { Menu, type MenuItem } from '@/ui/menu';
import { useToast } from '@/ui/toast';

interface Props {
  message: Message;
  own: boolean;
}

/** What can be done with a message. */
export function MessageActions({ message, own }: Props) {
  const { t } = useTranslation('messages');
  const { open, reply, edit } = useTools();
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const items: MenuItem[] = [
    {
      label: t('actions.copy'),
      icon: <IconCopy size={20} stroke={1.75} aria-hidden="true" />,
      onSelect: () =>
        void navigator.clipboard.writeText(message.body).then(() => say(t('actions.copied'))),
    },
  ];
  if (own && open) {
    items.unshift({
      label: t('actions.edit'),
      icon: <IconPencil size={20} stroke={1.75} aria-hidden="true" />,
      onSelect: () => edit(message),
    });
    items.push({
      label: t('actions.delete'),
      icon: <IconTrash size={20} stroke={1.75} aria-hidden="true" />,
      danger: true,
      onSelect: () => setAsking(true),
    });
  }
  return (
    <div className={styles.actions} role="toolbar" aria-label={t('actions.label')}>
      {open && (
        <>
          <ReactButton message={message} />
          <IconButton label={t('actions.reply')} tip="above" onClick={() => reply(message)}>
            <IconArrowBackUp size={20} stroke={1.75} aria-hidden="true" />
          </IconButton>
        </>
      )}
      <Menu
        label={t('actions.more')}
        icon={<IconDots size={20} stroke={1.75} aria-hidden="true" />}
        items={items}
      />
      {asking && <ConfirmDelete seq={message.seq} onClose={() => setAsking(false)} />}
    </div>
  );
}

function ConfirmDelete({ seq, onClose }: { seq: number; onClose: () => void }) {
  const { t } = useTranslation('messages');
  const { roomId } = useTools();
  const say = useToast();
  const remove = useDeleteMessage(roomId);
  return (
    <ConfirmDialog
      title={t('remove.title')}
      text={t('remove.text')}
      action={t('actions.delete')}
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(seq, {
          onSuccess: onClose,
          onError: (error) => {
            say(t('remove.failed', { why: problemText(error) }));
            onClose();
          },
        })
      }
    />
  );
}
