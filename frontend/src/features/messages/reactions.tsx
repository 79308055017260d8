import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import { useReact } from '@/features/messages/queries';
import styles from '@/features/messages/reactions.module.css';
import type { Message } from '@/features/messages/thread';
import { useTools } from '@/features/messages/tools';
import { useToast } from '@/ui/toast';

interface Props {
  message: Message;
  tabIndex: 0 | -1;
}

/** The reactions to a message; a press adds mine or takes it back. */
export function Reactions({ message, tabIndex }: Props) {
  const { t } = useTranslation('messages');
  const me = useMe();
  const { open } = useTools();
  const toggle = useToggleReaction(message);
  if (message.reactions.length === 0) return null;
  return (
    <ul className={styles.reactions} aria-label={t('reactions.label')}>
      {message.reactions.map(({ emoji, users }) => {
        const mine = users.includes(me.id);
        const count = users.length;
        return (
          <li key={emoji}>
            <button
              type="button"
              tabIndex={tabIndex}
              className={styles.reaction}
              aria-pressed={mine}
              aria-label={t(mine ? 'reactions.mine' : 'reactions.others', { emoji, count })}
              disabled={!open}
              onClick={() => toggle(emoji)}
            >
              <span className={styles.emoji}>{emoji}</span>
              <span className={styles.count}>{count}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** Adds my reaction to the message, or takes it back. */
export function useToggleReaction({ seq, reactions }: Message): (emoji: string) => void {
  const { t } = useTranslation('messages');
  const { roomId } = useTools();
  const me = useMe();
  const say = useToast();
  const react = useReact(roomId);
  return (emoji) => {
    const mine = reactions.some((one) => one.emoji === emoji && one.users.includes(me.id));
    // Not a callback of mutate(): the choices may be gone before the answer is here.
    react
      .mutateAsync({ seq, emoji, on: !mine })
      .catch((error: unknown) => say(t('reactions.failed', { why: problemText(error) })));
  };
}
