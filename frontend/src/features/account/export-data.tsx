import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useExport } from '@/features/account/use-export';
import styles from '@/features/account/data-page.module.css';
import settings from '@/features/account/settings.module.css';
import { Button } from '@/ui/button';

/** Everything about me in one file; it may be large, so how much has come is shown. */
export function ExportData() {
  const { t } = useTranslation('safety');
  const { state, start } = useExport();
  const busy = state.is === 'loading';
  return (
    <section className={styles.part} aria-labelledby="export-data">
      <h2 id="export-data" className={styles.title}>
        {t('export.title')}
      </h2>
      <p className={settings.note}>{t('export.text')}</p>
      <Button
        icon={<IconDownload size={18} stroke={1.75} aria-hidden="true" />}
        busy={busy}
        onClick={start}
      >
        {t(busy ? 'export.busy' : state.is === 'failed' ? 'export.again' : 'export.action')}
      </Button>
      <div role="status" className={styles.state}>
        {busy && t('export.running')}
        {state.is === 'done' && t('export.done')}
      </div>
      {busy && state.bytes > 0 && (
        <p className={settings.note}>{t('export.progress', { size: megabytes(state.bytes) })}</p>
      )}
      <div role="alert">
        {state.is === 'failed' && (
          <p className={styles.problem}>
            {state.begun ? t('export.cut') : problemText(state.error)}
          </p>
        )}
      </div>
    </section>
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
