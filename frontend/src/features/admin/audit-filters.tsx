import { useTranslation } from 'react-i18next';
import styles from '@/features/admin/admin.module.css';
import type { AuditSearch } from '@/features/admin/audit-queries';
import { actions, numberOf, targets } from '@/features/admin/choices';
import { useTypedSearch } from '@/lib/use-typed-search';
import { SelectChip } from '@/ui/chip';
import { TextField } from '@/ui/text-field';

interface Days {
  from: string | undefined;
  to: string | undefined;
}

interface Props {
  search: AuditSearch;
  days: Days;
  change: (to: Omit<AuditSearch, 'from' | 'to'> & Partial<Days>) => void;
}

/** What was done, to what, by whom and when. */
export function AuditFilters({ search, days, change }: Props) {
  const { t } = useTranslation('admin');
  return (
    <>
      <div className={styles.filters}>
        <SelectChip
          label={t('audit.action')}
          any={t('audit.anyAction')}
          options={actions.map((value) => ({ value, label: t(`audit.actions.${value}`) }))}
          value={search.action}
          onChange={(action) => change({ action })}
        />
        <SelectChip
          label={t('audit.target')}
          any={t('audit.anyTarget')}
          options={targets.map((value) => ({ value, label: t(`audit.targets.${value}`) }))}
          value={search.targetType}
          onChange={(targetType) => change({ targetType })}
        />
      </div>
      <div className={styles.fields}>
        <NumberFilter
          label={t('audit.targetId')}
          value={search.targetId}
          onChange={(targetId) => change({ targetId })}
        />
        <NumberFilter
          label={t('audit.actor')}
          value={search.actor}
          onChange={(actor) => change({ actor })}
        />
        {(['from', 'to'] as const).map((end) => (
          <TextField
            key={end}
            type="date"
            label={t(`audit.${end}`)}
            value={days[end] ?? ''}
            onChange={(event) => change({ [end]: event.target.value || undefined })}
          />
        ))}
      </div>
    </>
  );
}

interface NumberProps {
  label: string;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

function NumberFilter({ label, value, onChange }: NumberProps) {
  const typed = useTypedSearch(value === undefined ? '' : String(value), (text) =>
    onChange(numberOf(text)),
  );
  return (
    <TextField
      label={label}
      inputMode="numeric"
      autoComplete="off"
      maxLength={16}
      value={typed.text}
      onChange={(event) => typed.setText(event.target.value.replace(/\D/g, ''))}
    />
  );
}
