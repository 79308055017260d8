import { IconLinkOff } from '@tabler/icons-react';
import { Link, useLocation, useRouter } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { session } from '@/api/client';
import { EndNote } from '@/features/account/end-note';
import { isSpent, mailProblem } from '@/features/account/mail-problem';
import { NewPasswordForm } from '@/features/account/new-password-form';
import { useRedeemReset } from '@/features/account/safety-queries';
import { buttonClass } from '@/ui/button';
import { useToast } from '@/ui/toast';

/** Where the link of a mail leads: sets a new password. Nobody is signed in by it, so that the link alone shows nothing. */
export function ResetPage() {
  const { t } = useTranslation('safety');
  const token = useLocation({ select: ({ state }) => state.token });
  const router = useRouter();
  const say = useToast();
  const redeem = useRedeemReset();

  if (!token || isSpent(redeem.error)) {
    return (
      <EndNote
        page={t('reset.page')}
        icon={<IconLinkOff size={28} stroke={1.5} />}
        title={t('mail.spent')}
        text={t('reset.spentText')}
        action={
          <Link to="/forgot" className={buttonClass('primary')}>
            {t('reset.again')}
          </Link>
        }
      />
    );
  }
  return (
    <NewPasswordForm
      page={t('reset.page')}
      title={t('reset.title')}
      text={t('reset.text')}
      submit={t('reset.submit')}
      busy={redeem.isPending}
      problem={redeem.error ? mailProblem(redeem.error) : undefined}
      onSubmit={(newPassword) =>
        redeem.mutate(
          { token, newPassword },
          {
            onSuccess: async () => {
              say(t('reset.done'));
              // It ended every session of the account, perhaps also the one of this browser.
              await session.restore();
              await router.navigate({ to: '/login', replace: true });
            },
          },
        )
      }
      footer={<Link to="/login">{t('toLogin')}</Link>}
    />
  );
}
