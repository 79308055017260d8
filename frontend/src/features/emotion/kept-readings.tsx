import { IconDownload, IconEraser } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useExportReadings, useForgetReadings } from '@/features/emotion/queries';
import styles from '@/features/emotion/readings-page.module.css';
import { saveFile } from '@/lib/save-file';
import { Button } from '@/ui/button';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { useToast } from '@/ui/toast';

/** What the server keeps of how my messages were read: to take along, or to be forgotten. */
export function KeptReadings() {
  const { t } = useTranslation('emotion');
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const download = useExportReadings();
  const forget = useForgetReadings();
  return (
    <section className={styles.part} aria-labelledby="kept-readings">
      <h2 id="kept-readings" className={styles.title}>
        {t('mine.data')}
      </h2>
      <p className={styles.note}>{t('mine.dataText')}</p>
      <div className={styles.buttons}>
        <Button
          icon={<IconDownload size={18} stroke={1.75} aria-hidden="true" />}
          busy={download.isPending}
          onClick={() =>
            download.mutate(undefined, {
              onSuccess: (file) => saveFile(file, 'emosation-readings.json'),
              onError: (error) => say(problemText(error)),
            })
          }
        >
          {t(download.isPending ? 'mine.downloading' : 'mine.download')}
        </Button>
        <Button
          icon={<IconEraser size={18} stroke={1.75} aria-hidden="true" />}
          onClick={() => setAsking(true)}
        >
          {t('mine.forget.action')}
        </Button>
      </div>
      {asking && (
        <ConfirmDialog
          title={t('mine.forget.title')}
          text={t('mine.forget.text')}
          action={t('mine.forget.action')}
          busy={forget.isPending}
          onClose={() => setAsking(false)}
          onConfirm={() =>
            forget.mutate(undefined, {
              onSuccess: () => say(t('mine.forget.done')),
              onError: (error) => say(problemText(error)),
              onSettled: () => setAsking(false),
            })
          }
        />
      )}
    </section>
  );
}
