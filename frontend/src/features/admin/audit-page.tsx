import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import styles from '@/features/admin/admin.module.css';
import { AuditEntries } from '@/features/admin/audit-entries';
import { AuditFilters } from '@/features/admin/audit-filters';
import { auditQuery, type AuditSearch } from '@/features/admin/audit-queries';
import { actions, numberOf, oneOf, targets } from '@/features/admin/choices';
import { Loaded } from '@/features/admin/loaded';
import { Nothing } from '@/features/admin/nothing';
import { Pager } from '@/features/admin/pager';
import { useCursorPages } from '@/features/admin/use-cursor-pages';
import { useFilter } from '@/features/admin/use-filter';
import { DetailPage } from '@/ui/detail-page';

/** What admins did: /admin/audit?action=user.deactivated&actor=3&from=2026-11-01. */
export function AuditPage() {
  const { t } = useTranslation('admin');
  const { said, change, clear } = useFilter('/admin/audit');
  const days = { from: dayOf(said.from), to: dayOf(said.to) };
  const search: AuditSearch = {
    action: oneOf(actions, said.action),
    targetType: oneOf(targets, said.targetType),
    targetId: numberOf(said.targetId),
    actor: numberOf(said.actor),
    from: days.from && beginOf(days.from, 0),
    to: days.to && beginOf(days.to, 1),
  };
  const pages = useCursorPages(['audit', search]);
  const entries = useQuery(auditQuery(search, pages.cursor));
  const narrowed = Object.values(search).some((value) => value !== undefined);
  return (
    <DetailPage wide title={t('audit.title')} back="/admin">
      <p className={styles.note}>{t('audit.text')}</p>
      <AuditFilters search={search} days={days} change={change} />
      <Loaded query={entries}>
        {({ items, next }) => (
          <>
            {items.length === 0 ? (
              <Nothing empty={t('audit.empty')} onClear={narrowed ? clear : undefined} />
            ) : (
              <AuditEntries entries={items} older={entries.isPlaceholderData} />
            )}
            <Pager page={pages.page} onBack={pages.back} onForward={pages.forward(next)} />
          </>
        )}
      </Loaded>
    </DetailPage>
  );
}

/** A day that an address says. */
function dayOf(said: unknown): string | undefined {
  if (typeof said !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(said)) return undefined;
  return Number.isNaN(Date.parse(said)) ? undefined : said;
}

/** When a day begins here, or one some days after it. */
function beginOf(day: string, after: number): string {
  const at = new Date(`${day}T00:00`);
  at.setDate(at.getDate() + after);
  return at.toISOString();
}
