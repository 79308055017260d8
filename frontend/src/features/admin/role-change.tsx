import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useSayAdminProblem } from '@/features/admin/problem';
import { useSetRole } from '@/features/admin/users-queries';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';

/** Makes somebody an admin, or a user again. */
export function RoleChange({ user }: { user: Schema<'AdminUser'> }) {
  const { t } = useTranslation('admin');
  const [asking, setAsking] = useState(false);
  const set = useSetRole(user.id);
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  const way = user.role === 'admin' ? 'makeUser' : 'makeAdmin';
  const close = () => setAsking(false);
  return (
    <div>
      <Button onClick={() => setAsking(true)}>{t(`user.${way}`)}</Button>
      {asking && (
        <ConfirmDialog
          title={t(`user.${way}Title`, { name: user.nickname })}
          text={t(`user.${way}Text`)}
          action={t(`user.${way}`)}
          look="primary"
          busy={set.isPending}
          onClose={close}
          onConfirm={() =>
            set.mutate(user.role === 'admin' ? 'user' : 'admin', {
              onSuccess: () => say(t('user.roleDone')),
              onError: sayProblem,
              onSettled: close,
            })
          }
        />
      )}
    </div>
  );
}
