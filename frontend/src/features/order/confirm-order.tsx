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
import { Dialog } from '@/ui/dialog';

interface Props {
  room: Schema<'Room'>;
  order: Schema<'Order'>;
}

/** The host's last word on the order, with what stands in its way; the others read that they wait for it. */
export function ConfirmOrder({ room, order }: Props) {
  const { t } = useTranslation(['order', 'common']);
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
        onClick={() => setAsking(true)}
      >
        {t('confirm.action')}
      </Button>
      {confirm.error && (
        <p role="alert" className={styles.refused}>
          {problemText(confirm.error)}
        </p>
      )}
      {asking && (
        <Dialog
          title={t('confirm.title')}
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button onClick={() => setAsking(false)}>{t('common:cancel')}</Button>
              <Button
                look="primary"
                busy={confirm.isPending}
                onClick={() => confirm.mutate(undefined, { onSettled: () => setAsking(false) })}
              >
                {t('confirm.action')}
              </Button>
            </>
          }
        >
          <p className={styles.ask}>{t('confirm.total', { total: won(total) })}</p>
          <p className={styles.ask}>{t('confirm.text')}</p>
        </Dialog>
      )}
    </div>
  );
}
