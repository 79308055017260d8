import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { NewPasswordForm } from '@/features/account/new-password-form';
import { useLogin } from '@/features/account/queries';
import { Button } from '@/ui/button';

interface Props {
  /** The temporary password, which was right. */
  credentials: Pick<Schema<'Credentials'>, 'email' | 'password'>;
  onDone: () => void;
  onBack: () => void;
}

/** Logs in with a temporary password, which a new one has to replace. */
export function MustReset({ credentials, onDone, onBack }: Props) {
  const { t } = useTranslation(['safety', 'account']);
  const login = useLogin();
  return (
    <NewPasswordForm
      page={t('account:login.page')}
      title={t('mustReset.title')}
      text={t('mustReset.text')}
      submit={t('mustReset.submit')}
      busy={login.isPending}
      problem={login.error ? textOf(login.error, t('account:login.wrong')) : undefined}
      onSubmit={(newPassword) =>
        login.mutate({ ...credentials, newPassword }, { onSuccess: onDone })
      }
      footer={
        <Button look="quiet" onClick={onBack}>
          {t('mustReset.back')}
        </Button>
      }
    />
  );
}

/** The temporary password may have come to its end meanwhile; then it is a wrong one. */
function textOf(error: Error, wrong: string): string {
  return error instanceof Problem && error.status === 401 ? wrong : problemText(error);
}
