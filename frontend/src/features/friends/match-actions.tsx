import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { personName } from '@/api/person-name';
import { problemText } from '@/api/problem-text';
import { useAcceptFriend, useRemoveFriend, useRequestFriend } from '@/features/friends/queries';
import { useMessageFriend } from '@/features/friends/use-message-friend';
import { Button } from '@/ui/button';
import { useToast } from '@/ui/toast';

/** What can be done with somebody, by how they stand to me. */
export function MatchActions({ match: { user, friend } }: { match: Schema<'UserMatch'> }) {
  const { t } = useTranslation('friends');
  const say = useToast();
  const request = useRequestFriend();
  const accept = useAcceptFriend();
  const remove = useRemoveFriend();
  const message = useMessageFriend();
  const name = personName(user);
  const then = (text: string) => ({
    onSuccess: () => say(text),
    onError: (error: Error) => say(problemText(error)),
  });

  switch (friend) {
    case 'accepted':
      return (
        <Button aria-label={t('named.message', { name })} onClick={() => message(user)}>
          {t('action.message')}
        </Button>
      );
    case 'none':
      return (
        <Button
          look="primary"
          busy={request.isPending}
          aria-label={t('named.request', { name })}
          onClick={() => request.mutate(user, then(t('done.requested', { name })))}
        >
          {t('action.request')}
        </Button>
      );
    case 'outgoing':
      return (
        <Button
          busy={remove.isPending}
          aria-label={t('named.withdraw', { name })}
          onClick={() => remove.mutate(user, then(t('done.withdrawn')))}
        >
          {t('action.withdraw')}
        </Button>
      );
    case 'incoming':
      return (
        <>
          <Button
            busy={remove.isPending}
            aria-label={t('named.decline', { name })}
            onClick={() => remove.mutate(user, then(t('done.declined')))}
          >
            {t('action.decline')}
          </Button>
          <Button
            look="primary"
            busy={accept.isPending}
            aria-label={t('named.accept', { name })}
            onClick={() => accept.mutate(user, then(t('done.accepted', { name })))}
          >
            {t('action.accept')}
          </Button>
        </>
      );
  }
}
