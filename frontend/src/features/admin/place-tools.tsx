import { IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/admin/admin.module.css';
import type { usePlaceSearch } from '@/features/admin/use-place-search';
import { Button } from '@/ui/button';
import { SearchField } from '@/ui/search-field';

interface Props {
  typed: ReturnType<typeof usePlaceSearch>['typed'];
  add: string;
  onAdd: () => void;
}

/** Above a list of places: the search, and how to add one. */
export function PlaceTools({ typed, add, onAdd }: Props) {
  const { t } = useTranslation('admin');
  return (
    <div className={styles.tools}>
      <div className={styles.search}>
        <SearchField
          label={t('places.search')}
          value={typed.text}
          maxLength={60}
          onChange={typed.setText}
          onEnter={typed.settle}
          {...typed.composition}
        />
      </div>
      <Button icon={<IconPlus size={18} stroke={1.75} aria-hidden="true" />} onClick={onAdd}>
        {add}
      </Button>
    </div>
  );
}
