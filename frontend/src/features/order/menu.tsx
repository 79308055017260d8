import type { UseQueryResult } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { DishRow } from '@/features/order/dish-row';
import styles from '@/features/order/menu.module.css';
import type { Wish } from '@/features/order/wish';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

type OnMore = (itemId: number, more: 1 | -1) => void;

interface Props {
  store: UseQueryResult<Schema<'StoreWithMenu'>>;
  wish: Wish;
  onMore: OnMore;
}

/** What the store sells, section by section, with how many of each I want. */
export function Menu({ store, wish, onMore }: Props) {
  const { t } = useTranslation(['order', 'problems']);
  if (store.isPending) return <SkeletonRows rows={4} />;
  if (!store.data) {
    return (
      <ErrorState
        title={t('menu.failed')}
        text={problemText(store.error)}
        onRetry={() => void store.refetch()}
      />
    );
  }
  const { menu } = store.data;
  if (menu.length === 0) return <p className={styles.empty}>{t('menu.empty')}</p>;
  const sections = [...new Set(menu.map(({ section }) => section))];
  return (
    <div role="group" aria-label={t('menu.label')} className={styles.menu}>
      {sections.map((name) => (
        <Section
          key={name}
          name={name}
          dishes={menu.filter(({ section }) => section === name)}
          wish={wish}
          onMore={onMore}
        />
      ))}
    </div>
  );
}

interface SectionProps {
  name: string;
  dishes: readonly Schema<'MenuItem'>[];
  wish: Wish;
  onMore: OnMore;
}

function Section({ name, dishes, wish, onMore }: SectionProps) {
  const heading = useId();
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading} className={styles.section}>
        {name}
      </h3>
      <ul>
        {dishes.map((dish) => (
          <DishRow
            key={dish.id}
            dish={dish}
            quantity={wish.items.find(({ itemId }) => itemId === dish.id)?.quantity ?? 0}
            onMore={(more) => onMore(dish.id, more)}
          />
        ))}
      </ul>
    </section>
  );
}
