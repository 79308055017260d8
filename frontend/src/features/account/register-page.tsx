import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { EntryForm } from '@/features/account/entry-form';
import {
  anyFault,
  registrationFaults,
  registrationRefusal,
  type RegistrationFaults,
  type RegistrationFields,
} from '@/features/account/field-rules';
import { offerFirstRun } from '@/features/account/first-run-offer';
import { useRegister } from '@/features/account/queries';
import styles from '@/features/account/settings.module.css';
import { useEmotionMode } from '@/features/emotion/queries';
import { preferences } from '@/lib/preferences';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/choice';
import { PasswordField } from '@/ui/password-field';
import { TextField } from '@/ui/text-field';

const empty: RegistrationFields = { email: '', nickname: '', password: '', consent: undefined };

/** Makes an account, asks whether its messages may be read, and signs in. */
export function RegisterPage() {
  const { t } = useTranslation(['account', 'safety']);
  const { next } = useSearch({ from: '/entry/register' });
  const router = useRouter();
  const register = useRegister();
  const isOff = useEmotionMode()?.mode === 'off'; // Then there is nothing to consent to.
  const [fields, setFields] = useState(empty);
  const [faults, setFaults] = useState<RegistrationFaults>({});
  const [refusals, setRefusals] = useState(0);

  const set = (change: Partial<RegistrationFields>) => {
    setFields((before) => ({ ...before, ...change }));
    for (const name in change) setFaults((before) => ({ ...before, [name]: undefined }));
  };
  const refuse = (found: RegistrationFaults) => {
    setFaults(found);
    if (anyFault(found)) setRefusals((before) => before + 1);
  };
  const submit = () => {
    if (register.isPending) return;
    const { password } = fields;
    const consent = isOff ? false : fields.consent;
    const found = registrationFaults({ ...fields, consent });
    refuse(found);
    if (anyFault(found) || consent === undefined) return;
    register.mutate(
      {
        email: fields.email.trim(),
        nickname: fields.nickname.trim(),
        password,
        emotionConsent: consent,
        locale: preferences().locale,
      },
      {
        onSuccess: ({ user }) => {
          offerFirstRun(user.id);
          router.history.push(next ?? '/chats');
        },
        onError: (error) => {
          if (error instanceof Problem) refuse(registrationRefusal(error));
        },
      },
    );
  };
  return (
    <EntryForm
      page={t('register.page')}
      title={t('register.title')}
      text={t('register.text')}
      problem={register.error && !anyFault(faults) ? problemText(register.error) : undefined}
      refusals={refusals}
      onSubmit={submit}
      footer={
        <>
          {t('register.toLogin')}{' '}
          <Link to="/login" search={{ next }}>
            {t('register.login')}
          </Link>
        </>
      }
    >
      <TextField
        label={t('register.email')}
        type="email"
        name="email"
        autoComplete="username"
        autoCapitalize="none"
        value={fields.email}
        error={faults.email && t(`fields.${faults.email}`)}
        onChange={(event) => set({ email: event.target.value })}
      />
      <TextField
        label={t('register.nickname')}
        hint={t('register.nicknameHint')}
        name="nickname"
        autoComplete="nickname"
        value={fields.nickname}
        error={faults.nickname && t(`fields.${faults.nickname}`)}
        onChange={(event) => set({ nickname: event.target.value })}
      />
      <PasswordField
        label={t('register.password')}
        hint={t('register.passwordHint')}
        name="password"
        autoComplete="new-password"
        value={fields.password}
        error={faults.password && t(`fields.${faults.password}`)}
        onChange={(event) => set({ password: event.target.value })}
      />
      {isOff ? (
        <p className={styles.note}>{t('safety:register.readingsOff')}</p>
      ) : (
        <Choice
          label={t('consent.question')}
          hint={t('consent.text')}
          value={fields.consent === undefined ? undefined : fields.consent ? 'yes' : 'no'}
          options={[
            { value: 'yes', label: t('consent.yes') },
            { value: 'no', label: t('consent.no') },
          ]}
          error={faults.consent && t(`consent.${faults.consent}`)}
          onChange={(answer) => set({ consent: answer === 'yes' })}
        />
      )}
      <Button type="submit" look="primary" wide busy={register.isPending}>
        {register.isPending ? t('register.busy') : t('register.submit')}
      </Button>
    </EntryForm>
  );
}
