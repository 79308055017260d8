import { IconArrowBackUp, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';
import { DataTable } from '@/features/admin/data-table';
import { FormDialog } from '@/features/admin/form-dialog';
import { dishFields, readDish } from '@/features/admin/place-fields';
import { useRemoveDish, useSaveDish } from '@/features/admin/places-queries';
import { problemIn, useSayAdminProblem } from '@/features/admin/problem';
import { usePlaceForm } from '@/features/admin/use-place-form';
import { usePreferences } from '@/lib/use-preferences';
import { won } from '@/lib/won';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { IconButton } from '@/ui/icon-button';
import { TextField } from '@/ui/text-field';
import { useToast } from '@/ui/toast';

type Dish = Schema<'MenuItem'>;
type Open = { what: 'add' } | { what: 'edit' | 'remove'; dish: Dish };

/** What can be chosen at a store, and what could. */
export function StoreMenu({ storeId, menu }: { storeId: number; menu: readonly Dish[] }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const icon = { size: 18, stroke: 1.75, 'aria-hidden': true } as const;
  return (
    <section className={styles.section} aria-labelledby="admin-menu">
      <div className={styles.between}>
        <h2 id="admin-menu" className={styles.heading}>
          {t('stores.menu')}
        </h2>
        <Button icon={<IconPlus {...icon} />} onClick={() => setOpen({ what: 'add' })}>
          {t('stores.addItem')}
        </Button>
      </div>
      {menu.length === 0 ? (
        <p className={styles.note}>{t('stores.menuEmpty')}</p>
      ) : (
        <DataTable
          caption={t('stores.dishes')}
          rows={menu}
          rowKey={({ id }) => id}
          columns={[
            {
              key: 'dish',
              name: t('stores.dish'),
              cell: ({ name, active }) =>
                active ? (
                  name
                ) : (
                  <>
                    {name}{' '}
                    <span className={styles.mark} data-tone="soft">
                      {t('stores.offMenu')}
                    </span>
                  </>
                ),
            },
            {
              key: 'section',
              name: t('stores.section'),
              wide: true,
              cell: ({ section }) => section,
            },
            {
              key: 'price',
              name: t('stores.price'),
              number: true,
              cell: ({ price }) => won(price, locale),
            },
            {
              key: 'do',
              name: t('more'),
              number: true,
              cell: (dish) => (
                <span className={styles.actions}>
                  <IconButton
                    label={t('stores.editItem', { name: dish.name })}
                    tip="left"
                    onClick={() => setOpen({ what: 'edit', dish })}
                  >
                    <IconPencil {...icon} />
                  </IconButton>
                  <OnOrOff
                    storeId={storeId}
                    dish={dish}
                    onRemove={() => setOpen({ what: 'remove', dish })}
                  />
                </span>
              ),
            },
          ]}
        />
      )}
      {open?.what === 'add' && <DishForm storeId={storeId} onClose={close} />}
      {open?.what === 'edit' && <DishForm storeId={storeId} dish={open.dish} onClose={close} />}
      {open?.what === 'remove' && <Remove storeId={storeId} dish={open.dish} onClose={close} />}
    </section>
  );
}

interface DishProps {
  storeId: number;
  dish?: Dish;
  onClose: () => void;
}

function DishForm({ storeId, dish, onClose }: DishProps) {
  const { t } = useTranslation('admin');
  const { typed, change, field, setFaults } = usePlaceForm(dishFields(dish));
  const save = useSaveDish(storeId, dish?.id);
  const say = useToast();
  const submit = () => {
    const read = readDish(typed);
    if ('faults' in read) return setFaults(read.faults);
    save.mutate(
      { ...read.input, ...(dish && { active: dish.active }) },
      {
        onSuccess: () => {
          say(t(dish ? 'stores.itemSaved' : 'stores.itemAdded'));
          onClose();
        },
      },
    );
  };
  return (
    <FormDialog
      title={dish ? t('stores.editItem', { name: dish.name }) : t('stores.addItem')}
      submit={t(dish ? 'places.save' : 'places.create')}
      busy={save.isPending}
      problem={problemIn(save.error)}
      onSubmit={submit}
      onClose={onClose}
    >
      {(['section', 'name', 'price'] as const).map((key) => (
        <TextField
          key={key}
          label={t(key === 'name' ? 'stores.dish' : `stores.${key}`)}
          {...(key === 'price' && { inputMode: 'numeric' })}
          {...field(key)}
          onChange={(event) => change(key, event.target.value)}
        />
      ))}
    </FormDialog>
  );
}

interface OnOrOffProps {
  storeId: number;
  dish: Dish;
  onRemove: () => void;
}

/** One button that takes a dish off the menu or puts it back, so that the focus stays where it is. */
function OnOrOff({ storeId, dish, onRemove }: OnOrOffProps) {
  const { t } = useTranslation('admin');
  const { section, name, price, active } = dish;
  const save = useSaveDish(storeId, dish.id);
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  const putBack = () => {
    if (save.isPending) return;
    save.mutate(
      { section, name, price, active: true },
      { onSuccess: () => say(t('stores.itemBack')), onError: sayProblem },
    );
  };
  const Icon = active ? IconTrash : IconArrowBackUp;
  return (
    <IconButton
      label={t(active ? 'stores.removeItem' : 'stores.putBack', { name })}
      tip="left"
      onClick={active ? onRemove : putBack}
    >
      <Icon size={18} stroke={1.75} aria-hidden="true" />
    </IconButton>
  );
}

function Remove({ storeId, dish, onClose }: Required<DishProps>) {
  const { t } = useTranslation('admin');
  const remove = useRemoveDish(storeId);
  const say = useToast();
  const sayProblem = useSayAdminProblem();
  return (
    <ConfirmDialog
      title={t('stores.removeItemTitle', { name: dish.name })}
      text={t('stores.removeItemText')}
      action={t('stores.removeItemAction')}
      busy={remove.isPending}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(dish.id, {
          onSuccess: () => say(t('stores.itemRemoved')),
          onError: sayProblem,
          onSettled: onClose,
        })
      }
    />
  );
}
