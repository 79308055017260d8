import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';
import { fieldTime, momentOf } from '@/features/admin/moments';
import { useSayAdminProblem } from '@/features/admin/problem';
import { useSetPurgeDate } from '@/features/admin/users-queries';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { TextField } from '@/ui/text-field';
import { useToast } from '@/ui/toast';

/** When a closed account is removed for good. */
export function PurgeDate({ user }: { user: Schema<'AdminUser'> }) {
  const { t } = useTranslation('admin');
  const [field, setField] = useState(user.purgeAfter ? fieldTime(user.purgeAfter) : '');
  const [asking, setAsking] = useState<string>();
  const [wrong, setWrong] = useState(false);
  const set = useSetPurgeDate(user.id);
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  return (
    <form
      noValidate
      className={styles.short}
      onSubmit={(event) => {
        event.preventDefault();
        const moment = momentOf(field);
        setWrong(!moment);
        setAsking(moment);
      }}
    >
      <TextField
        type="datetime-local"
        label={t('user.purgeDate')}
        hint={t('user.purgeHint')}
        error={wrong ? t('user.purgeWrong') : undefined}
        value={field}
        onChange={(event) => {
          setField(event.target.value);
          setWrong(false);
        }}
      />
      <Button type="submit">{t('user.purgeSave')}</Button>
      {asking && (
        <ConfirmDialog
          title={t('user.purgeTitle')}
          text={t('user.purgeText')}
          action={t('user.purgeSave')}
          busy={set.isPending}
          onClose={() => setAsking(undefined)}
          onConfirm={() =>
            set.mutate(asking, {
              onSuccess: () => say(t('user.purgeDone')),
              onError: sayProblem,
              onSettled: () => setAsking(undefined),
            })
          }
        />
      )}
    </form>
  );
}
