import { IconMailForward } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EntryForm } from '@/features/account/entry-form';
import { emailLooksRight } from '@/features/account/field-rules';
import { mailProblem } from '@/features/account/mail-problem';
import { EndNote } from '@/features/account/end-note';
import { useRequestReset } from '@/features/account/safety-queries';
import { Button } from '@/ui/button';
import { TextField } from '@/ui/text-field';

/** Mails a link to set a new password. It says the same whether somebody has the address or nobody. */
export function ForgotPage() {
  const { t } = useTranslation(['safety', 'account']);
  const ask = useRequestReset();
  const [email, setEmail] = useState('');
  const [wrong, setWrong] = useState(false);
  const [refusals, setRefusals] = useState(0);
  const toLogin = <Link to="/login">{t('toLogin')}</Link>;

  if (ask.isSuccess) {
    return (
      <EndNote
        page={t('forgot.page')}
        icon={<IconMailForward size={28} stroke={1.5} />}
        title={t('forgot.sent')}
        text={t('forgot.sentText', { email: ask.variables })}
        action={toLogin}
      />
    );
  }
  return (
    <EntryForm
      page={t('forgot.page')}
      title={t('forgot.title')}
      text={t('forgot.text')}
      problem={ask.error ? mailProblem(ask.error) : undefined}
      refusals={refusals}
      onSubmit={() => {
        if (ask.isPending) return;
        if (emailLooksRight(email)) return ask.mutate(email.trim());
        setWrong(true);
        setRefusals(refusals + 1);
      }}
      footer={toLogin}
    >
      <TextField
        label={t('account:login.email')}
        type="email"
        name="email"
        autoComplete="username"
        autoCapitalize="none"
        value={email}
        error={wrong ? t('account:fields.email') : undefined}
        onChange={(event) => {
          setEmail(event.target.value);
          setWrong(false);
        }}
      />
      <Button type="submit" look="primary" wide busy={ask.isPending}>
        {t(ask.isPending ? 'mail.sending' : 'forgot.submit')}
      </Button>
    </EntryForm>
  );
}
