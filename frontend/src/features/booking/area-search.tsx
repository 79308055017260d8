import { IconHistory, IconMapPin, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import type { Schema } from '@/api/client';
import styles from '@/features/booking/area-search.module.css';
import { areaKey, areasQuery } from '@/features/booking/queries';
import { prefer } from '@/lib/preferences';
import { usePreferences } from '@/lib/use-preferences';
import { useSettledValue } from '@/lib/use-settled-value';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';
import { TextField } from '@/ui/text-field';

type Area = Schema<'Area'>;

interface Props {
  onChoose: (zip: string) => void;
}

/** Finds a neighbourhood by name or zip code, offers the one of last time first, and remembers the choice. */
export function AreaSearch({ onChoose }: Props) {
  const { t } = useTranslation('booking');
  const [text, setText] = useState('');
  const query = useSettledValue(text.trim(), 250);
  const areas = useQuery(areasQuery(query));
  const choose = ({ zip }: Area) => {
    prefer({ zip });
    onChoose(zip);
  };
  return (
    <div className={styles.search}>
      <TextField
        label={t('area.label')}
        hint={t('area.hint')}
        type="search"
        autoComplete="postal-code"
        spellCheck={false}
        maxLength={60}
        icon={<IconSearch size={18} stroke={1.75} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault(); // The first one found is meant, not the form around.
          const [first] = query === text.trim() ? (areas.data ?? []) : [];
          if (first) choose(first);
        }}
      />
      {query ? <Found query={query} onChoose={choose} /> : <LastTime onChoose={choose} />}
    </div>
  );
}

function Found({ query, onChoose }: { query: string; onChoose: (area: Area) => void }) {
  const { t } = useTranslation(['booking', 'problems']);
  const areas = useQuery(areasQuery(query));
  if (areas.isPending) return <SkeletonRows rows={2} />;
  if (!areas.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(areas.error)}
        onRetry={() => void areas.refetch()}
      />
    );
  }
  if (areas.data.length === 0) {
    return (
      <div role="status">
        <EmptyState title={t('area.none', { query })} text={t('area.noneText')} />
      </div>
    );
  }
  return (
    <ul aria-label={t('area.results')} className={styles.list}>
      {areas.data.map((area) => (
        <AreaRow
          key={areaKey(area)}
          area={area}
          icon={<IconMapPin size={20} stroke={1.75} aria-hidden="true" />}
          onChoose={onChoose}
        />
      ))}
    </ul>
  );
}

function LastTime({ onChoose }: { onChoose: (area: Area) => void }) {
  const { t } = useTranslation('booking');
  const { zip = '' } = usePreferences();
  const { data: [area] = [] } = useQuery(areasQuery(zip));
  if (!area) return null;
  return (
    <ul aria-label={t('area.last')} className={styles.list}>
      <AreaRow
        area={area}
        icon={<IconHistory size={20} stroke={1.75} aria-hidden="true" />}
        note={t('area.last')}
        onChoose={onChoose}
      />
    </ul>
  );
}

interface RowProps {
  area: Area;
  icon: ReactNode;
  note?: string;
  onChoose: (area: Area) => void;
}

function AreaRow({ area, icon, note, onChoose }: RowProps) {
  return (
    <li>
      <button type="button" className={styles.area} onClick={() => onChoose(area)}>
        {icon}
        <span className={styles.words}>
          <span className={styles.name}>{area.neighbourhood}</span>{' '}
          <span className={styles.where}>
            {area.province} {area.district}
          </span>
        </span>
        {note && <span className={styles.where}>{note}</span>}
      </button>
    </li>
  );
}
