import { IconMailExclamation } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { mailProblem } from '@/features/account/mail-problem';
import { useMe } from '@/features/account/queries';
import { useRequestVerification } from '@/features/account/safety-queries';
import styles from '@/features/account/email-state.module.css';
import { Button } from '@/ui/button';

/** Says that nobody has proven yet that the e-mail is mine, and mails another link; nothing once it is proven. */
export function EmailState() {
  const { t } = useTranslation('safety');
  const { emailVerified } = useMe();
  const ask = useRequestVerification();
  const code = ask.error instanceof Problem ? ask.error.code : undefined;
  if (emailVerified || code === 'auth.email_verified') return null;
  const over = ask.isSuccess || code === 'mail.unavailable';
  return (
    <div className={styles.state}>
      <IconMailExclamation size={20} stroke={1.75} aria-hidden="true" className={styles.icon} />
      <div className={styles.words}>
        <p>{t('verify.open')}</p>
        <div role="status" className={styles.text}>
          {ask.isSuccess && t('verify.sent')}
          {ask.error && mailProblem(ask.error)}
        </div>
      </div>
      {!over && (
        <Button busy={ask.isPending} onClick={() => ask.mutate()}>
          {t(ask.isPending ? 'mail.sending' : 'verify.again')}
        </Button>
      )}
    </div>
  );
}
