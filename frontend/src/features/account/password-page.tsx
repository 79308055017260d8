import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { newPasswordIsRight } from '@/features/account/field-rules';
import { useChangePassword } from '@/features/account/queries';
import styles from '@/features/account/settings.module.css';
import { Button } from '@/ui/button';
import { DetailPage } from '@/ui/detail-page';
import { PasswordField } from '@/ui/password-field';
import { useToast } from '@/ui/toast';

/** Changes my password; the old one is asked, because a left-open screen must not be enough. */
export function PasswordPage() {
  const { t } = useTranslation(['account', 'common']);
  const say = useToast();
  const change = useChangePassword();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [faults, setFaults] = useState({ current: false, next: false });

  const submit = () => {
    const found = { current: !current, next: !newPasswordIsRight(next) };
    setFaults(found);
    if (found.current || found.next || change.isPending) return;
    change.mutate(
      { currentPassword: current, newPassword: next },
      {
        onSuccess: () => {
          setCurrent('');
          setNext('');
          say(t('password.done'));
        },
        onError: (error) => {
          if (error instanceof Problem && error.code === 'auth.wrong_password') {
            setFaults({ current: true, next: false });
          } else say(problemText(error));
        },
      },
    );
  };
  return (
    <DetailPage title={t('password.title')} back="/me">
      <p className={styles.note}>{t('password.text')}</p>
      <form
        noValidate
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <PasswordField
          label={t('password.current')}
          autoComplete="current-password"
          value={current}
          error={
            faults.current
              ? t(current ? 'fields.currentPassword' : 'fields.passwordMissing')
              : undefined
          }
          onChange={(event) => {
            setCurrent(event.target.value);
            setFaults({ ...faults, current: false });
          }}
        />
        <PasswordField
          label={t('password.next')}
          hint={t('password.hint')}
          autoComplete="new-password"
          value={next}
          error={faults.next ? t('fields.password') : undefined}
          onChange={(event) => {
            setNext(event.target.value);
            setFaults({ ...faults, next: false });
          }}
        />
        <Button type="submit" look="primary" busy={change.isPending}>
          {change.isPending ? t('common:saving') : t('password.submit')}
        </Button>
      </form>
    </DetailPage>
  );
}
