import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { personName } from '@/api/person-name';
import { problemText } from '@/api/problem-text';
import { useBlock, useRemoveFriend } from '@/features/friends/queries';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';

interface Props {
  user: Schema<'UserSummary'>;
  how: 'remove' | 'block';
  onClose: () => void;
}

/** Asks before a friendship ends, and ends it. */
export function ConfirmEnd({ user, how, onClose }: Props) {
  const { t } = useTranslation('friends');
  const remove = useRemoveFriend();
  const block = useBlock();
  const say = useToast();
  const name = personName(user);
  const words = {
    remove: [
      t('confirm.removeTitle', { name }),
      t('confirm.removeText'),
      t('done.removed', { name }),
    ],
    block: [t('confirm.blockTitle', { name }), t('confirm.blockText'), t('done.blocked', { name })],
  } as const;
  const [title, text, done] = words[how];
  const end = how === 'remove' ? remove : block;
  return (
    <ConfirmDialog
      title={title}
      text={text}
      action={t(`action.${how}`)}
      busy={end.isPending}
      onClose={onClose}
      onConfirm={() =>
        end.mutate(user, {
          onSuccess: () => say(done),
          onError: (error) => say(problemText(error)),
          onSettled: onClose,
        })
      }
    />
  );
}
