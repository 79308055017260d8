import { IconMoodPlus, IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Skeleton } from '@/ui/skeleton';
import { IconButton } from '@/ui/icon-button';
import { Popover } from '@/ui/popover';
import styles from '@/features/messages/react-button.module.css';
import { useToggleReaction } from '@/features/messages/reactions';
import type { Message } from '@/features/messages/thread';

const EmojiGrid = lazy(() => import('@/features/messages/emoji-grid'));

const quick = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/** Opens the quick reactions, and from there all emoji. */
export function ReactButton({ message }: { message: Message }) {
  const { t } = useTranslation('messages');
  const toggle = useToggleReaction(message);
  return (
    <Popover
      label={t('actions.react')}
      trigger={(trigger) => (
        <IconButton {...trigger} label={t('actions.react')} tip="above">
          <IconMoodPlus size={20} stroke={1.75} aria-hidden="true" />
        </IconButton>
      )}
    >
      {(close) => (
        <Choices
          onChoose={(emoji) => {
            toggle(emoji);
            close();
          }}
        />
      )}
    </Popover>
  );
}

function Choices({ onChoose }: { onChoose: (emoji: string) => void }) {
  const { t } = useTranslation('messages');
  const [all, setAll] = useState(false);
  if (all) {
    return (
      <Suspense fallback={<Skeleton />}>
        <EmojiGrid onChoose={onChoose} />
      </Suspense>
    );
  }
  return (
    <div className={styles.quick} role="group" aria-label={t('reactions.quick')}>
      {quick.map((emoji) => (
        <button
          key={emoji}
          type="button"
          className={styles.choice}
          aria-label={emoji}
          onClick={() => onChoose(emoji)}
        >
          {emoji}
        </button>
      ))}
      <IconButton label={t('reactions.more')} tip="none" onClick={() => setAll(true)}>
        <IconPlus size={20} stroke={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
