import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import styles from '@/features/order/confirm-order.module.css';
import { useConfirmOrder } from '@/features/order/queries';
import { useWon } from '@/features/order/use-won';
import { obstacleOf } from '@/features/order/wish';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';

interface Props {
  room: Schema<'Room'>;
  /** As the server has it: what is still being saved cannot be confirmed. */
  order: Schema<'Order'>;
}

/** The host's last word on the order, with what stands in its way; the others read that they wait for it. */
export function ConfirmOrder({ room, order }: Props) {
  const { t } = useTranslation('order');
  const won = useWon();
  const me = useMe();
  const note = useId();
  const [asking, setAsking] = useState(false);
  const confirm = useConfirmOrder(room.id);
  if (room.host !== me.id) return <p className={styles.note}>{t('confirm.waiting')}</p>;
  const obstacle = obstacleOf(order);
  const { itemsTotal, store, total } = order;
  return (
    <div className={styles.confirm}>
      <p id={note} className={styles.note}>
        {obstacle
          ? t(`confirm.why.${obstacle}`, { amount: won(store.minOrder - itemsTotal) })
          : t('confirm.ready')}
      </p>
      <Button
        look="primary"
        wide
        disabled={obstacle !== null}
        aria-describedby={note}
        onClick={() => {
          confirm.reset();
          setAsking(true);
        }}
      >
        {t('confirm.action')}
      </Button>
      {confirm.error && (
        <p role="alert" className={styles.refused}>
          {problemText(confirm.error)}
        </p>
      )}
      {asking && (
        <ConfirmDialog
          title={t('confirm.title')}
          text={t('confirm.text', { total: won(total) })}
          action={t('confirm.action')}
          look="primary"
          busy={confirm.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() => confirm.mutate(undefined, { onSettled: () => setAsking(false) })}
        />
      )}
    </div>
  );
}
