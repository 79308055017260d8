import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { FormDialog } from '@/features/admin/form-dialog';
import { problemIn } from '@/features/admin/problem';
import { useRestore } from '@/features/admin/users-queries';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/choice';
import { useToast } from '@/ui/toast';

interface Props {
  user: Schema<'AdminUser'>;
  /** A temporary password, which is told this once. */
  onPassword: (password: string) => void;
}

/** Opens a closed account again, and says how its owner gets in. */
export function RestoreAccount({ user, onPassword }: Props) {
  const { t } = useTranslation('admin');
  const [asking, setAsking] = useState(false);
  const [access, setAccess] = useState<Schema<'RestorationAccess'>>('link');
  const restore = useRestore(user.id);
  const say = useToast();
  return (
    <div>
      <Button look="primary" onClick={() => setAsking(true)}>
        {t('user.restore')}
      </Button>
      {asking && (
        <FormDialog
          title={t('user.restoreTitle', { name: user.nickname })}
          submit={t('user.restore')}
          busy={restore.isPending}
          problem={problemIn(restore.error)}
          onClose={() => setAsking(false)}
          onSubmit={() =>
            restore.mutate(access, {
              onSuccess: ({ temporaryPassword }) => {
                setAsking(false);
                if (temporaryPassword) onPassword(temporaryPassword);
                else say(t('user.linkSent'));
              },
            })
          }
        >
          <p>{t('user.restoreText')}</p>
          <Choice
            label={t('user.access')}
            look="cards"
            value={access}
            options={(['link', 'password'] as const).map((value) => ({
              value,
              label: t(`user.${value}`),
              text: t(`user.${value}Text`),
            }))}
            onChange={setAccess}
          />
        </FormDialog>
      )}
    </div>
  );
}
