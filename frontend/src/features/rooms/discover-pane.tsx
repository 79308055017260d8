import { IconPlus } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { useDiscoverFilter } from '@/features/rooms/discover-filter';
import { DiscoverFilters, type AreaFilterProps } from '@/features/rooms/discover-filters';
import { DiscoverList } from '@/features/rooms/discover-list';
import styles from '@/features/rooms/discover-pane.module.css';
import { useTypedSearch } from '@/lib/use-typed-search';
import { IconLink } from '@/ui/icon-link';
import { Pane } from '@/ui/pane';
import { SearchField } from '@/ui/search-field';

interface Props {
  AreaFilter: ComponentType<AreaFilterProps>;
}

/** The open rooms that one may join, and how to narrow them. */
export function DiscoverPane({ AreaFilter }: Props) {
  const { t } = useTranslation('discover');
  const { filter, change } = useDiscoverFilter();
  const { text, setText, settle, composition } = useTypedSearch(filter.q ?? '', (q) =>
    change({ q: q || undefined }),
  );
  return (
    <Pane
      top={
        <>
          <div className={styles.tools}>
            <SearchField
              label={t('search')}
              value={text}
              maxLength={60}
              onChange={setText}
              onEnter={settle}
              {...composition}
            />
            <IconLink to="/rooms/new" label={t('create')} tip="left">
              <IconPlus size={20} stroke={1.75} aria-hidden="true" />
            </IconLink>
          </div>
          <DiscoverFilters filter={filter} change={change} AreaFilter={AreaFilter} />
        </>
      }
    >
      <DiscoverList filter={filter} change={change} />
    </Pane>
  );
}
