import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useNameOf } from '@/features/order/people';
import styles from '@/features/order/progress.module.css';
import { useWon } from '@/features/order/use-won';
import { progressOf } from '@/features/order/wish';

interface Props {
  roomId: number;
  order: Schema<'Order'>;
}

/** Where we order, how many have chosen and who has not, and what is missing to the store's minimum. */
export function Progress({ roomId, order }: Props) {
  const { t } = useTranslation('order');
  const won = useWon();
  const nameOf = useNameOf(roomId);
  const { store, itemsTotal, missing } = order;
  const minimum = won(store.minOrder);
  const short = store.minOrder - itemsTotal;
  return (
    <div className={styles.progress}>
      <p className={styles.facts}>
        {t('facts', { store: store.name, fee: won(store.deliveryFee) })}
      </p>
      <p role="status">
        <strong>{t('progress', progressOf(order))}</strong>{' '}
        {missing.length > 0 && t('waiting', { names: missing.map(nameOf).join(', ') })}
      </p>
      {store.minOrder > 0 && (
        <div>
          <progress
            className={styles.bar}
            max={store.minOrder}
            value={Math.min(itemsTotal, store.minOrder)}
            aria-hidden="true"
          />
          <p className={styles.facts}>
            {short > 0
              ? t('minimum.short', { amount: won(short), minimum })
              : t('minimum.reached', { minimum })}
          </p>
        </div>
      )}
    </div>
  );
}
