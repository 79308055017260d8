import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EntryForm } from '@/features/account/entry-form';
import { newPasswordIsRight } from '@/features/account/field-rules';
import { Button } from '@/ui/button';
import { PasswordField } from '@/ui/password-field';

interface Props {
  page: string;
  title: string;
  text: string;
  submit: string;
  busy: boolean;
  /** What was refused about it. */
  problem: string | undefined;
  onSubmit: (password: string) => void;
  footer: ReactNode;
}

/** Asks for a new password, once, since it can be looked at. */
export function NewPasswordForm({ submit, busy, onSubmit, ...form }: Props) {
  const { t } = useTranslation(['account', 'common']);
  const [password, setPassword] = useState('');
  const [wrong, setWrong] = useState(false);
  const [refusals, setRefusals] = useState(0);
  return (
    <EntryForm
      {...form}
      refusals={refusals}
      onSubmit={() => {
        if (busy) return;
        if (newPasswordIsRight(password)) return onSubmit(password);
        setWrong(true);
        setRefusals(refusals + 1);
      }}
    >
      <PasswordField
        label={t('password.next')}
        hint={t('password.hint')}
        name="new-password"
        autoComplete="new-password"
        value={password}
        error={wrong ? t('fields.password') : undefined}
        onChange={(event) => {
          setPassword(event.target.value);
          setWrong(false);
        }}
      />
      <Button type="submit" look="primary" wide busy={busy}>
        {busy ? t('common:saving') : submit}
      </Button>
    </EntryForm>
  );
}
