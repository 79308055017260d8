import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';
import { FormDialog } from '@/features/admin/form-dialog';
import { problemIn } from '@/features/admin/problem';
import { useDeactivate } from '@/features/admin/users-queries';
import { Button } from '@/ui/button';
import { TextArea } from '@/ui/form/text-area';
import { useToast } from '@/ui/toast';

/** Closes somebody's account, with a reason for other admins. */
export function CloseAccount({ user }: { user: Schema<'AdminUser'> }) {
  const { t } = useTranslation('admin');
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const deactivate = useDeactivate(user.id);
  const say = useToast();
  return (
    <>
      <p className={styles.note}>{t('user.closeText')}</p>
      <div>
        <Button look="danger" onClick={() => setAsking(true)}>
          {t('user.close')}
        </Button>
      </div>
      {asking && (
        <FormDialog
          title={t('user.closeTitle', { name: user.nickname })}
          submit={t('user.close')}
          look="danger"
          busy={deactivate.isPending}
          problem={problemIn(deactivate.error)}
          onClose={() => setAsking(false)}
          onSubmit={() =>
            deactivate.mutate(reason.trim(), {
              onSuccess: () => {
                setAsking(false);
                say(t('user.closed'));
              },
            })
          }
        >
          <TextArea
            label={t('user.reason')}
            maxLength={300}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </FormDialog>
      )}
    </>
  );
}
