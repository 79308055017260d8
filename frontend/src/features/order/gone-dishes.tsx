import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/order/gone-dishes.module.css';
import { Button } from '@/ui/button';

interface Props {
  lines: readonly Schema<'OrderLine'>[];
  onDrop: () => void;
}

/** Tells which of my dishes left the menu meanwhile; nothing when all are there. */
export function GoneDishes({ lines, onDrop }: Props) {
  const { t } = useTranslation('order');
  const dishes = lines.flatMap(({ name, available }) => (available ? [] : name)).join(', ');
  if (!dishes) return null;
  return (
    <div role="alert" className={styles.gone}>
      <p className={styles.title}>{t('gone.title')}</p>
      <p>{t('gone.text', { dishes })}</p>
      <Button onClick={onDrop}>{t('gone.drop')}</Button>
    </div>
  );
}
