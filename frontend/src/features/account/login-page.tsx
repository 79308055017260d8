import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { EntryForm } from '@/features/account/entry-form';
import { emailLooksRight } from '@/features/account/field-rules';
import { MustReset } from '@/features/account/must-reset';
import { useLogin, useSession } from '@/features/account/queries';
import { Button, buttonClass } from '@/ui/button';
import { PasswordField } from '@/ui/password-field';
import { TextField } from '@/ui/text-field';

/** Signs in, and goes on to where somebody wanted to be. */
export function LoginPage() {
  const { t } = useTranslation('account');
  const { next } = useSearch({ from: '/entry/login' });
  const router = useRouter();
  const session = useSession();
  const login = useLogin();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [faults, setFaults] = useState({ email: false, password: false });
  const [refusals, setRefusals] = useState(0);
  const [mustReset, setMustReset] = useState(false);

  const goOn = () => router.history.push(next ?? '/chats');
  const submit = () => {
    if (login.isPending) return;
    const found = { email: !emailLooksRight(email), password: !password };
    setFaults(found);
    if (found.email || found.password) {
      setRefusals(refusals + 1);
      return;
    }
    login.mutate(
      { email: email.trim(), password },
      {
        onSuccess: goOn,
        onError: (error) => setMustReset(isCode(error, 'auth.must_reset')),
      },
    );
  };
  if (mustReset) {
    return (
      <MustReset
        credentials={{ email: email.trim(), password }}
        onDone={goOn}
        onBack={() => {
          setMustReset(false);
          setPassword('');
          login.reset();
        }}
      />
    );
  }
  const ended = session.status === 'signed-out' && session.why === 'ended';
  return (
    <EntryForm
      page={t('login.page')}
      title={t('login.title')}
      text={next === '/join' ? t('login.invited') : undefined}
      problem={
        login.error
          ? isWrong(login.error)
            ? t('login.wrong')
            : problemText(login.error)
          : ended
            ? t('login.ended')
            : undefined
      }
      refusals={refusals}
      onSubmit={submit}
      footer={
        <>
          {t('login.toRegister')}{' '}
          <Link to="/register" search={{ next }}>
            {t('login.register')}
          </Link>
        </>
      }
    >
      <TextField
        label={t('login.email')}
        type="email"
        name="email"
        autoComplete="username"
        autoCapitalize="none"
        value={email}
        error={faults.email ? t('fields.email') : undefined}
        onChange={(event) => {
          setEmail(event.target.value);
          setFaults({ ...faults, email: false });
        }}
      />
      <PasswordField
        label={t('login.password')}
        name="password"
        autoComplete="current-password"
        value={password}
        error={faults.password ? t('fields.passwordMissing') : undefined}
        onChange={(event) => {
          setPassword(event.target.value);
          setFaults({ ...faults, password: false });
        }}
      />
      <Button type="submit" look="primary" wide busy={login.isPending}>
        {login.isPending ? t('login.busy') : t('login.submit')}
      </Button>
      <Link to="/forgot" className={buttonClass('quiet')}>
        {t('login.forgot')}
      </Link>
    </EntryForm>
  );
}

function isCode(error: Error, code: string): boolean {
  return error instanceof Problem && error.code === code;
}

/** A malformed e-mail or password is just a wrong one to who logs in. */
function isWrong(error: Error): boolean {
  return error instanceof Problem && [400, 401, 422].includes(error.status);
}
