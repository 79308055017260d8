import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { ActiveMark } from '@/features/admin/active-mark';
import styles from '@/features/admin/admin.module.css';
import { DataTable } from '@/features/admin/data-table';
import { Loaded } from '@/features/admin/loaded';
import { Nothing } from '@/features/admin/nothing';
import { Pager } from '@/features/admin/pager';
import { PlaceTools } from '@/features/admin/place-tools';
import { adminStoresQuery } from '@/features/admin/places-queries';
import { StoreForm } from '@/features/admin/store-form';
import { usePlaceSearch } from '@/features/admin/use-place-search';
import rows from '@/features/admin/users-page.module.css';
import { usePreferences } from '@/lib/use-preferences';
import { won } from '@/lib/won';
import { DetailPage } from '@/ui/detail-page';

/** Every store, also those out of use: /admin/stores?q=noodle&page=2. */
export function StoresPage() {
  const { t } = useTranslation('admin');
  const { search, typed, pages, clear } = usePlaceSearch('/admin/stores');
  const stores = useQuery(adminStoresQuery(search));
  const [adding, setAdding] = useState(false);
  const navigate = useNavigate();
  return (
    <DetailPage wide title={t('stores.title')} back="/admin">
      <PlaceTools typed={typed} add={t('stores.add')} onAdd={() => setAdding(true)} />
      <Loaded query={stores}>
        {(page) => (
          <>
            <p role="status" className={styles.note}>
              {t('places.total', { count: page.total })}
            </p>
            {page.items.length === 0 ? (
              <Nothing empty={t('stores.empty')} onClear={search.q ? clear : undefined} />
            ) : (
              <StoreTable stores={page.items} older={stores.isPlaceholderData} />
            )}
            <Pager {...pages(page)} />
          </>
        )}
      </Loaded>
      {adding && (
        <StoreForm
          onClose={() => setAdding(false)}
          onSaved={({ id }) =>
            void navigate({ to: '/admin/stores/$storeId', params: { storeId: id } })
          }
        />
      )}
    </DetailPage>
  );
}

function StoreTable({ stores, older }: { stores: readonly Schema<'Store'>[]; older: boolean }) {
  const { t } = useTranslation(['admin', 'booking']);
  const { locale } = usePreferences();
  return (
    <DataTable
      caption={t('stores.list')}
      rows={stores}
      rowKey={({ id }) => id}
      older={older}
      columns={[
        {
          key: 'name',
          name: t('places.name'),
          cell: ({ id, name, address }) => (
            <>
              <Link to="/admin/stores/$storeId" params={{ storeId: id }} className={rows.link}>
                {name}
              </Link>
              <span className={rows.narrow}>{address}</span>
            </>
          ),
        },
        {
          key: 'category',
          name: t('places.category'),
          wide: true,
          cell: ({ category }) => t(`booking:category.${category}`),
        },
        { key: 'address', name: t('places.address'), wide: true, cell: ({ address }) => address },
        {
          key: 'minimum',
          name: t('stores.minOrder'),
          wide: true,
          number: true,
          cell: ({ minOrder }) => won(minOrder, locale),
        },
        {
          key: 'status',
          name: t('places.status'),
          cell: ({ active }) => <ActiveMark active={active} />,
        },
      ]}
    />
  );
}
