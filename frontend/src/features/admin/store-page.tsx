import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { ActiveMark } from '@/features/admin/active-mark';
import styles from '@/features/admin/admin.module.css';
import { Loaded } from '@/features/admin/loaded';
import { adminStoreQuery, useRemoveStore } from '@/features/admin/places-queries';
import { useSayAdminProblem } from '@/features/admin/problem';
import { StoreForm } from '@/features/admin/store-form';
import { StoreMenu } from '@/features/admin/store-menu';
import { usePreferences } from '@/lib/use-preferences';
import { won } from '@/lib/won';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { DetailPage } from '@/ui/detail-page';
import { useToast } from '@/ui/toast';

/** A store and its menu. */
export function StorePage() {
  const { t } = useTranslation('admin');
  const { storeId } = useParams({ from: '/shell/admin/stores/$storeId' });
  const store = useQuery(adminStoreQuery(storeId));
  return (
    <DetailPage
      key={storeId}
      wide
      title={store.data?.store.name ?? t('stores.title')}
      back="/admin/stores"
      backName={t('stores.back')}
    >
      <Loaded query={store}>
        {({ store: one, menu }) => (
          <>
            <Facts store={one} />
            <StoreMenu storeId={one.id} menu={menu} />
          </>
        )}
      </Loaded>
    </DetailPage>
  );
}

function Facts({ store }: { store: Schema<'Store'> }) {
  const { t } = useTranslation(['admin', 'booking']);
  const { locale } = usePreferences();
  const [open, setOpen] = useState<'edit' | 'remove'>();
  const close = () => setOpen(undefined);
  const facts = [
    [t('places.status'), <ActiveMark key="status" active={store.active} />],
    [t('places.category'), t(`booking:category.${store.category}`)],
    [t('places.address'), store.address],
    [t('places.lat'), store.lat],
    [t('places.lng'), store.lng],
    [t('stores.minOrder'), won(store.minOrder, locale)],
    [t('stores.deliveryFee'), won(store.deliveryFee, locale)],
  ] as const;
  return (
    <>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className={styles.buttons}>
        <Button onClick={() => setOpen('edit')}>{t('stores.edit')}</Button>
        {store.active && <Button onClick={() => setOpen('remove')}>{t('stores.remove')}</Button>}
      </div>
      {open === 'edit' && <StoreForm store={store} onSaved={close} onClose={close} />}
      {open === 'remove' && <Remove store={store} onClose={close} />}
    </>
  );
}

function Remove({ store, onClose }: { store: Schema<'Store'>; onClose: () => void }) {
  const { t } = useTranslation('admin');
  const remove = useRemoveStore();
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  return (
    <ConfirmDialog
      title={t('stores.removeTitle', { name: store.name })}
      text={t('stores.removeText')}
      action={t('stores.remove')}
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(store.id, {
          onSuccess: () => say(t('stores.removed')),
          onError: sayProblem,
          onSettled: onClose,
        })
      }
    />
  );
}
