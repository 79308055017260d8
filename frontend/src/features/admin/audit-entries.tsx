import { IconArrowRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { personName } from '@/api/person-name';
import styles from '@/features/admin/admin.module.css';
import { changeText } from '@/features/admin/audit-words';
import { DataTable } from '@/features/admin/data-table';
import { dayAndTime } from '@/features/admin/moments';
import rows from '@/features/admin/users-page.module.css';
import { usePreferences } from '@/lib/use-preferences';
import iconButton from '@/ui/icon-button.module.css';

type Entry = Schema<'AuditEntry'>;

/** Each entry in a sentence, with what became different. */
export function AuditEntries({ entries, older }: { entries: readonly Entry[]; older: boolean }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  return (
    <DataTable
      caption={t('audit.list')}
      rows={entries}
      rowKey={({ id }) => id}
      older={older}
      columns={[
        {
          key: 'what',
          name: t('audit.what'),
          cell: (entry) => (
            <>
              <What entry={entry} />
              <span className={rows.narrow}>{dayAndTime(entry.at, locale)}</span>
            </>
          ),
        },
        {
          key: 'at',
          name: t('audit.at'),
          wide: true,
          cell: ({ at }) => <time dateTime={at}>{dayAndTime(at, locale)}</time>,
        },
        {
          key: 'address',
          name: t('audit.address'),
          wide: true,
          cell: ({ address }) => address ?? '–',
        },
        {
          key: 'open',
          name: t('audit.open'),
          number: true,
          cell: (entry) => <Open entry={entry} />,
        },
      ]}
    />
  );
}

function What({ entry: { actor, action, targetId, changes } }: { entry: Entry }) {
  const { t } = useTranslation('admin');
  const { locale } = usePreferences();
  const who = actor ? t('person', { name: personName(actor), id: actor.id }) : t('server');
  return (
    <>
      {t(`audit.did.${action}`, { who, id: targetId })}
      {changes.length > 0 && (
        <ul className={styles.note}>
          {changes.map((change) => (
            <li key={change.field}>{changeText(t, change, locale)}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The way to what it was done to, where it has a page. */
function Open({ entry: { action, targetType, targetId: id } }: { entry: Entry }) {
  const { t } = useTranslation('admin');
  const label = t('audit.openThis', { what: `${t(`audit.targets.${targetType}`)} ${id}` });
  const shared = { 'aria-label': label, 'data-tip': 'none', className: iconButton.button };
  const arrow = <IconArrowRight size={18} stroke={1.75} aria-hidden="true" />;
  if (action === 'user.purged') return null;
  if (targetType === 'user') {
    return (
      <Link to="/admin/users/$userId" params={{ userId: id }} {...shared}>
        {arrow}
      </Link>
    );
  }
  if (targetType === 'store') {
    return (
      <Link to="/admin/stores/$storeId" params={{ storeId: id }} {...shared}>
        {arrow}
      </Link>
    );
  }
  return null;
}
