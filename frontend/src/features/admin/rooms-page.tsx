import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';
import { kinds, oneOf, phases, roomStates } from '@/features/admin/choices';
import { DataTable } from '@/features/admin/data-table';
import { Loaded } from '@/features/admin/loaded';
import { dayAndTime } from '@/features/admin/moments';
import { Nothing } from '@/features/admin/nothing';
import { Pager } from '@/features/admin/pager';
import { adminRoomsQuery, type RoomSearch } from '@/features/admin/rooms-queries';
import { useCursorPages } from '@/features/admin/use-cursor-pages';
import { useFilter } from '@/features/admin/use-filter';
import { usePreferences } from '@/lib/use-preferences';
import { SelectChip } from '@/ui/chip';
import { DetailPage } from '@/ui/detail-page';

/** All rooms, without anything that was said or named in them: /admin/rooms?kind=group&phase=CREATED. */
export function RoomsPage() {
  const { t } = useTranslation(['admin', 'rooms']);
  const { said, change, clear } = useFilter('/admin/rooms');
  const search: RoomSearch = {
    kind: oneOf(kinds, said.kind),
    state: oneOf(roomStates, said.state),
    phase: oneOf(phases, said.phase),
  };
  const pages = useCursorPages(['rooms', search]);
  const rooms = useQuery(adminRoomsQuery(search, pages.cursor));
  const narrowed = search.kind ?? search.state ?? search.phase;
  return (
    <DetailPage wide title={t('rooms.title')} back="/admin">
      <p className={styles.note}>{t('rooms.text')}</p>
      <div className={styles.filters}>
        <SelectChip
          label={t('rooms.kind')}
          any={t('rooms.anyKind')}
          options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
          value={search.kind}
          onChange={(kind) => change({ kind })}
        />
        <SelectChip
          label={t('rooms.state')}
          any={t('rooms.anyState')}
          options={roomStates.map((value) => ({ value, label: t(`roomState.${value}`) }))}
          value={search.state}
          onChange={(state) => change({ state })}
        />
        <SelectChip
          label={t('rooms.phase')}
          any={t('rooms.anyPhase')}
          options={phases.map((value) => ({ value, label: t(`rooms:phase.${value}`) }))}
          value={search.phase}
          onChange={(phase) => change({ phase })}
        />
      </div>
      <Loaded query={rooms}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Nothing empty={t('rooms.empty')} onClear={narrowed ? clear : undefined} />
            ) : (
              <RoomTable rooms={items} older={rooms.isPlaceholderData} />
            )}
            <Pager page={pages.page} onBack={pages.back} onForward={pages.forward(next)} />
          </>
        )}
      </Loaded>
    </DetailPage>
  );
}

function RoomTable({ rooms, older }: { rooms: readonly Schema<'AdminRoom'>[]; older: boolean }) {
  const { t } = useTranslation(['admin', 'rooms']);
  const { locale } = usePreferences();
  const count = new Intl.NumberFormat(locale);
  return (
    <DataTable
      caption={t('rooms.list')}
      rows={rooms}
      rowKey={({ id }) => id}
      older={older}
      columns={[
        {
          key: 'room',
          name: t('rooms.room'),
          cell: ({ id, kind }) => `${t('rooms.number', { id })} · ${t(`kind.${kind}`)}`,
        },
        {
          key: 'state',
          name: t('rooms.state'),
          cell: ({ state, phase }) => (
            <>
              <span className={styles.mark} data-tone={state === 'open' ? 'plain' : 'soft'}>
                {t(`roomState.${state}`)}
              </span>{' '}
              {phase && t(`rooms:phase.${phase}`)}
            </>
          ),
        },
        {
          key: 'members',
          name: t('rooms.members'),
          number: true,
          cell: ({ members, capacity }) =>
            capacity === null ? count.format(members) : t('rooms.membersOf', { members, capacity }),
        },
        {
          key: 'messages',
          name: t('rooms.messages'),
          wide: true,
          number: true,
          cell: ({ messages }) => count.format(messages),
        },
        {
          key: 'readings',
          name: t('rooms.readings'),
          wide: true,
          cell: ({ readings }) => t(`readings.${readings}`),
        },
        {
          key: 'place',
          name: t('rooms.place'),
          wide: true,
          cell: ({ storeId: store, boxId: box }) =>
            store === null || box === null ? '–' : t('rooms.placeOf', { store, box }),
        },
        {
          key: 'created',
          name: t('rooms.created'),
          wide: true,
          cell: ({ createdAt }) => dayAndTime(createdAt, locale),
        },
        {
          key: 'closes',
          name: t('rooms.closes'),
          wide: true,
          cell: ({ closesAt }) => (closesAt ? dayAndTime(closesAt, locale) : '–'),
        },
      ]}
    />
  );
}
