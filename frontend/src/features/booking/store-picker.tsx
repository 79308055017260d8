import { useInfiniteQuery, keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import styles from '@/features/booking/picker.module.css';
import { storesQuery, type StoreSearch } from '@/features/booking/queries';
import { useStoreFacts } from '@/features/booking/use-store-facts';
import { categories } from '@/features/booking/words';
import { useSettledValue } from '@/lib/use-settled-value';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/choice';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SearchField } from '@/ui/search-field';
import { SkeletonRows } from '@/ui/skeleton';

interface Props {
  /** Where the food is picked up. */
  near: { lat: number; lng: number };
  store: Schema<'StoreSummary'> | undefined;
  onStore: (store: Schema<'StoreSummary'>) => void;
}

/** One of the stores around a box, narrowed by what they sell and what they are called. */
export function StorePicker({ near, store, onStore }: Props) {
  const { t } = useTranslation('booking');
  const [category, setCategory] = useState<Schema<'StoreCategory'>>();
  const [text, setText] = useState('');
  const settled = useSettledValue(text.trim(), 250);
  return (
    <>
      <div className={styles.filters}>
        <SearchField label={t('store.search')} value={text} maxLength={60} onChange={setText} />
        <Choice
          label={t('store.category')}
          labelHidden
          look="chips"
          options={[
            { value: 'any', label: t('store.any') },
            ...categories.map((value) => ({ value, label: t(`category.${value}`) })),
          ]}
          value={category ?? 'any'}
          onChange={(value) => setCategory(value === 'any' ? undefined : value)}
        />
      </div>
      <Stores
        search={{ lat: near.lat, lng: near.lng, category, text: settled }}
        store={store}
        onStore={onStore}
        onReset={() => {
          setCategory(undefined);
          setText('');
        }}
      />
    </>
  );
}

interface StoresProps extends Omit<Props, 'near'> {
  search: StoreSearch;
  onReset: () => void;
}

function Stores({ search, store, onStore, onReset }: StoresProps) {
  const { t } = useTranslation(['booking', 'problems']);
  const facts = useStoreFacts();
  const found = useInfiniteQuery({ ...storesQuery(search), placeholderData: keepPreviousData });
  if (found.isPending) return <SkeletonRows rows={4} />;
  if (!found.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(found.error)}
        onRetry={() => void found.refetch()}
      />
    );
  }
  const { stores, total } = found.data;
  if (stores.length === 0) {
    const narrowed = search.text !== '' || search.category !== undefined;
    return (
      <div role="status">
        <EmptyState
          title={t('store.none')}
          text={t(narrowed ? 'store.noneFits' : 'store.noneNear')}
          action={narrowed && <Button onClick={onReset}>{t('store.reset')}</Button>}
        />
      </div>
    );
  }
  const hidden = store && !stores.some(({ id }) => id === store.id);
  return (
    <>
      {hidden && <p className={styles.soft}>{t('store.chosen', { name: store.name })}</p>}
      <div className={found.isPlaceholderData ? styles.older : undefined}>
        <Choice
          label={t('store.count', { count: total })}
          hint={t('store.near')}
          look="cards"
          options={stores.map((one) => ({ value: String(one.id), label: one.name, ...facts(one) }))}
          value={store && String(store.id)}
          onChange={(id) => {
            const chosen = stores.find((one) => String(one.id) === id);
            if (chosen) onStore(chosen);
          }}
        />
      </div>
      {found.hasNextPage && (
        <Button
          className={styles.more}
          busy={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t('store.more')}
        </Button>
      )}
    </>
  );
}
