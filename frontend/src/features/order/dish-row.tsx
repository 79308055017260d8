import { IconMinus, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/order/dish-row.module.css';
import { useWon } from '@/features/order/use-won';
import { MOST } from '@/features/order/wish';
import { IconButton } from '@/ui/icon-button';

interface Props {
  dish: Schema<'MenuItem'>;
  quantity: number;
  onMore: (more: 1 | -1) => void;
}

/** One dish with its price, and how many of it I want. */
export function DishRow({ dish: { name, price }, quantity, onMore }: Props) {
  const { t } = useTranslation('order');
  const won = useWon();
  const none = quantity === 0;
  const enough = quantity >= MOST;
  // A button that is of no use now stays where the focus may be; it is only dimmed.
  return (
    <li className={styles.dish} data-chosen={!none}>
      <p className={styles.words}>
        {name}
        <span className={styles.price}>{won(price)}</span>
      </p>
      <IconButton
        label={t('menu.less', { dish: name })}
        tip="none"
        aria-disabled={none}
        onClick={() => !none && onMore(-1)}
      >
        <IconMinus size={20} stroke={1.75} aria-hidden="true" />
      </IconButton>
      <output className={styles.quantity} aria-label={t('menu.quantity', { dish: name })}>
        {quantity}
      </output>
      <IconButton
        label={t('menu.more', { dish: name })}
        tip="none"
        aria-disabled={enough}
        onClick={() => !enough && onMore(1)}
      >
        <IconPlus size={20} stroke={1.75} aria-hidden="true" />
      </IconButton>
    </li>
  );
}
