import { IconDots, IconKey, IconPencil, IconPower } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { ActiveMark } from '@/features/admin/active-mark';
import styles from '@/features/admin/admin.module.css';
import { BoxForm } from '@/features/admin/box-form';
import { NewBoxKey, RemoveBox } from '@/features/admin/box-dialogs';
import { DataTable } from '@/features/admin/data-table';
import { Loaded } from '@/features/admin/loaded';
import { Nothing } from '@/features/admin/nothing';
import { Pager } from '@/features/admin/pager';
import { PlaceTools } from '@/features/admin/place-tools';
import { adminBoxesQuery } from '@/features/admin/places-queries';
import { usePlaceSearch } from '@/features/admin/use-place-search';
import rows from '@/features/admin/users-page.module.css';
import { DetailPage } from '@/ui/detail-page';
import { Menu } from '@/ui/menu';

type Box = Schema<'Box'>;
type Open = { what: 'add' } | { what: 'edit' | 'remove' | 'key'; box: Box };

/** Every box, also those out of use: /admin/boxes?q=moon&page=2. */
export function BoxesPage() {
  const { t } = useTranslation('admin');
  const { search, typed, pages, clear } = usePlaceSearch('/admin/boxes');
  const boxes = useQuery(adminBoxesQuery(search));
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <DetailPage wide title={t('boxes.title')} back="/admin">
      <PlaceTools typed={typed} add={t('boxes.add')} onAdd={() => setOpen({ what: 'add' })} />
      <Loaded query={boxes}>
        {(page) => (
          <>
            <p role="status" className={styles.note}>
              {t('places.total', { count: page.total })}
            </p>
            {page.items.length === 0 ? (
              <Nothing empty={t('boxes.empty')} onClear={search.q ? clear : undefined} />
            ) : (
              <BoxTable boxes={page.items} older={boxes.isPlaceholderData} onOpen={setOpen} />
            )}
            <Pager {...pages(page)} />
          </>
        )}
      </Loaded>
      {open?.what === 'add' && <BoxForm onClose={close} />}
      {open?.what === 'edit' && <BoxForm box={open.box} onClose={close} />}
      {open?.what === 'remove' && <RemoveBox box={open.box} onClose={close} />}
      {open?.what === 'key' && <NewBoxKey box={open.box} onClose={close} />}
    </DetailPage>
  );
}

interface TableProps {
  boxes: readonly Box[];
  older: boolean;
  onOpen: (open: Open) => void;
}

function BoxTable({ boxes, older, onOpen }: TableProps) {
  const { t } = useTranslation('admin');
  const icon = { size: 20, stroke: 1.75, 'aria-hidden': true } as const;
  return (
    <DataTable
      caption={t('boxes.list')}
      rows={boxes}
      rowKey={({ id }) => id}
      older={older}
      columns={[
        {
          key: 'name',
          name: t('places.name'),
          cell: ({ name, address }) => (
            <>
              {name}
              <span className={rows.narrow}>{address}</span>
            </>
          ),
        },
        { key: 'zip', name: t('places.zip'), wide: true, cell: ({ zip }) => zip },
        { key: 'address', name: t('places.address'), wide: true, cell: ({ address }) => address },
        {
          key: 'condition',
          name: t('boxes.condition'),
          wide: true,
          cell: ({ condition, booked }) =>
            `${t(`boxes.conditions.${condition}`)}${booked ? ` · ${t('boxes.booked')}` : ''}`,
        },
        {
          key: 'status',
          name: t('places.status'),
          cell: ({ active }) => <ActiveMark active={active} />,
        },
        {
          key: 'do',
          name: t('more'),
          number: true,
          cell: (box) => (
            <Menu
              label={t('boxes.more', { name: box.name })}
              icon={<IconDots {...icon} />}
              items={[
                {
                  label: t('boxes.edit', { name: box.name }),
                  icon: <IconPencil {...icon} />,
                  onSelect: () => onOpen({ what: 'edit', box }),
                },
                {
                  label: t('boxes.key'),
                  icon: <IconKey {...icon} />,
                  onSelect: () => onOpen({ what: 'key', box }),
                },
                ...(box.active
                  ? [
                      {
                        label: t('boxes.remove'),
                        icon: <IconPower {...icon} />,
                        danger: true,
                        onSelect: () => onOpen({ what: 'remove', box }),
                      },
                    ]
                  : []),
              ]}
            />
          ),
        },
      ]}
    />
  );
}
