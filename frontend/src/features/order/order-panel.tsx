import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { Choosing } from '@/features/order/choosing';
import { Fixed } from '@/features/order/fixed';
import styles from '@/features/order/order-panel.module.css';
import { OrderTable } from '@/features/order/order-table';
import { orderQuery } from '@/features/order/queries';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

type Room = Schema<'Room'>;

/** What a pickup room orders together: choosing while that is possible, then what each gets and pays. */
export function OrderPanel({ room }: { room: Room }) {
  const { t } = useTranslation('order');
  return (
    <div className={styles.panel}>
      <h2 className="visually-hidden">{t('title')}</h2>
      <OrderOf room={room} />
    </div>
  );
}

function OrderOf({ room }: { room: Room }) {
  const { t } = useTranslation(['order', 'problems']);
  const order = useQuery(orderQuery(room.id));
  if (order.isPending) return <SkeletonRows rows={3} />;
  if (!order.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(order.error)}
        onRetry={() => void order.refetch()}
      />
    );
  }
  if (order.data.confirmedAt) {
    return <Fixed room={room} order={order.data} confirmedAt={order.data.confirmedAt} />;
  }
  if (mayChoose(room)) return <Choosing room={room} order={order.data} />;
  return (
    <>
      <p className={styles.note}>{t('late')}</p>
      <OrderTable roomId={room.id} order={order.data} fixed={false} />
    </>
  );
}

function mayChoose({ state, phase }: Room): boolean {
  return state === 'open' && (phase === 'CREATED' || phase === 'ORDER_STARTED');
}
