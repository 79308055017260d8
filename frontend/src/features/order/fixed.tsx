import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import styles from '@/features/order/fixed.module.css';
import { OrderTable } from '@/features/order/order-table';
import { useConfirmReceipt } from '@/features/order/queries';
import { clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Button } from '@/ui/button';

interface Props {
  room: Schema<'Room'>;
  order: Schema<'Order'>;
  confirmedAt: string;
}

/** The order once it is confirmed: what each gets and pays, and, when it is there, that I have mine. */
export function Fixed({ room, order, confirmedAt }: Props) {
  const { t } = useTranslation('order');
  const { locale } = usePreferences();
  const me = useMe();
  const mine = order.selections.find(({ user }) => user === me.id);
  const delivered = room.phase === 'DELIVERED';
  return (
    <>
      <p className={styles.note}>
        {t('confirmed', { time: clockTime(new Date(confirmedAt), locale) })}
      </p>
      {delivered && mine && mine.items.length > 0 && <Receipt roomId={room.id} mine={mine} />}
      <OrderTable roomId={room.id} order={order} fixed />
    </>
  );
}

function Receipt({ roomId, mine }: { roomId: number; mine: Schema<'Selection'> }) {
  const { t } = useTranslation('order');
  const { locale } = usePreferences();
  const receive = useConfirmReceipt(roomId);
  if (mine.receivedAt) {
    const time = clockTime(new Date(mine.receivedAt), locale);
    return <p role="status">{t('receipt.done', { time })}</p>;
  }
  return (
    <div className={styles.receipt}>
      <Button look="primary" wide busy={receive.isPending} onClick={() => receive.mutate()}>
        {t('receipt.action')}
      </Button>
      {receive.error && (
        <p role="alert" className={styles.refused}>
          {problemText(receive.error)}
        </p>
      )}
    </div>
  );
}
