import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/order/my-part.module.css';
import { useWon } from '@/features/order/use-won';
import { Button } from '@/ui/button';

interface Props {
  mine: Schema<'Selection'> | undefined;
  onDone: (done: boolean) => void;
}

/** What my dishes cost so far, and that I have chosen; it stays in view while the menu scrolls. */
export function MyPart({ mine, onDone }: Props) {
  const { t } = useTranslation('order');
  const won = useWon();
  const some = mine !== undefined && mine.items.length > 0;
  // Who chose what is gone now has not chosen that, nor nothing.
  const gone = mine?.items.some(({ available }) => !available);
  return (
    <div className={styles.part} role="group" aria-label={t('mine.label')}>
      {some ? (
        <p className={styles.sums}>
          <span className={styles.parts}>
            {t('mine.sum', { items: won(mine.itemsTotal), share: won(mine.deliveryShare) })}
          </span>
          <strong className={styles.total}>{t('mine.about', { amount: won(mine.total) })}</strong>
        </p>
      ) : (
        <p className={styles.parts}>{t('mine.nothing')}</p>
      )}
      {mine?.done ? (
        <Button wide onClick={() => onDone(false)}>
          {t('mine.again')}
        </Button>
      ) : (
        <Button wide look={some ? 'primary' : 'plain'} disabled={gone} onClick={() => onDone(true)}>
          {t(some ? 'mine.done' : 'mine.none')}
        </Button>
      )}
    </div>
  );
}
