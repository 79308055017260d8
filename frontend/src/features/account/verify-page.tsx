import { IconLinkOff, IconMailCheck } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { EndNote } from '@/features/account/end-note';
import { isSpent, mailProblem } from '@/features/account/mail-problem';
import { meQuery, useSession } from '@/features/account/queries';
import { verificationQuery } from '@/features/account/safety-queries';
import { buttonClass } from '@/ui/button';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

/** Where the link of a mail leads: proves by itself that the e-mail is that of whoever opened it. */
export function VerifyPage() {
  const { t } = useTranslation('safety');
  const token = useLocation({ select: ({ state }) => state.token });
  const signedIn = useSession().status === 'signed-in';
  const cache = useQueryClient();
  const { isSuccess, error, refetch } = useQuery(verificationQuery(token));
  useEffect(() => {
    if (isSuccess) void cache.invalidateQueries({ queryKey: meQuery.queryKey });
  }, [isSuccess, cache]);

  const on = (
    <Link to={signedIn ? '/me/profile' : '/login'} className={buttonClass('primary')}>
      {t(signedIn ? 'verify.toProfile' : 'toLogin')}
    </Link>
  );
  if (isSuccess) {
    return (
      <EndNote
        page={t('verify.page')}
        icon={<IconMailCheck size={28} stroke={1.5} />}
        title={t('verify.done')}
        text={t('verify.doneText')}
        action={on}
      />
    );
  }
  if (!token || isSpent(error)) {
    return (
      <EndNote
        page={t('verify.page')}
        icon={<IconLinkOff size={28} stroke={1.5} />}
        title={t('mail.spent')}
        text={t('verify.spentText')}
        action={on}
      />
    );
  }
  if (error) {
    return (
      <ErrorState
        alone
        title={t('verify.failed')}
        text={mailProblem(error)}
        onRetry={() => void refetch()}
      />
    );
  }
  return <SkeletonRows rows={2} />;
}
