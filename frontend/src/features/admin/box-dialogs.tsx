import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useNewBoxKey, useRemoveBox } from '@/features/admin/places-queries';
import { useSayAdminProblem } from '@/features/admin/problem';
import { Secret } from '@/features/admin/secret';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';

interface Props {
  box: Schema<'Box'>;
  onClose: () => void;
}

/** Asks whether to take a box out of use. */
export function RemoveBox({ box, onClose }: Props) {
  const { t } = useTranslation('admin');
  const remove = useRemoveBox();
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  return (
    <ConfirmDialog
      title={t('boxes.removeTitle', { name: box.name })}
      text={t('boxes.removeText')}
      action={t('boxes.remove')}
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(box.id, {
          onSuccess: () => say(t('boxes.removed')),
          onError: sayProblem,
          onSettled: onClose,
        })
      }
    />
  );
}

/** Asks whether to make a new key, and shows it this once. */
export function NewBoxKey({ box, onClose }: Props) {
  const { t } = useTranslation('admin');
  const make = useNewBoxKey();
  const [key, setKey] = useState<string>();
  const sayProblem = useSayAdminProblem();
  if (key) {
    return (
      <Secret
        title={t('boxes.keyIs', { name: box.name })}
        text={t('boxes.keyOnce')}
        secret={key}
        noted={t('boxes.noted')}
        onClose={onClose}
      />
    );
  }
  return (
    <ConfirmDialog
      title={t('boxes.keyTitle', { name: box.name })}
      text={t('boxes.keyText')}
      action={t('boxes.keyAction')}
      busy={make.isPending}
      onClose={onClose}
      onConfirm={() =>
        make.mutate(box.id, {
          onSuccess: (made) => setKey(made.key),
          onError: (error) => {
            sayProblem(error);
            onClose();
          },
        })
      }
    />
  );
}
