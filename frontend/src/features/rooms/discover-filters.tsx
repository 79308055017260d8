import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import type { DiscoverFilter } from '@/features/rooms/discover-filter';
import { phases } from '@/features/rooms/phases';
import styles from '@/features/rooms/discover-pane.module.css';
import { SelectChip, ToggleChip } from '@/ui/chip';

/** Chooses a neighbourhood by one of its zip codes; given from outside, because places are another feature's. */
export interface AreaFilterProps {
  zip: string | undefined;
  onChange: (zip: string | undefined) => void;
}

interface Props {
  filter: DiscoverFilter;
  change: (to: DiscoverFilter) => void;
  AreaFilter: ComponentType<AreaFilterProps>;
}

/** Where, how far, with a seat, without a password. */
export function DiscoverFilters({ filter, change, AreaFilter }: Props) {
  const { t } = useTranslation(['discover', 'rooms']);
  return (
    <div role="group" aria-label={t('filters.label')} className={styles.filters}>
      <AreaFilter zip={filter.zip} onChange={(zip) => change({ zip })} />
      <SelectChip
        label={t('filters.phase')}
        any={t('filters.anyPhase')}
        options={phases.map((value) => ({ value, label: t(`rooms:phase.${value}`) }))}
        value={filter.phase}
        onChange={(phase) => change({ phase })}
      />
      <ToggleChip
        label={t('filters.hasSeat')}
        on={filter.hasSeat ?? false}
        onChange={(on) => change({ hasSeat: on || undefined })}
      />
      <ToggleChip
        label={t('filters.withoutPassword')}
        on={filter.withoutPassword ?? false}
        onChange={(on) => change({ withoutPassword: on || undefined })}
      />
    </div>
  );
}
