import { IconWifiOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from '@/app/offline-bar.module.css';
import { useOnline } from '@/lib/use-online';

/** Says that there is no network at all; nothing when there is. */
export function OfflineBar() {
  const { t } = useTranslation();
  const online = useOnline();
  return (
    <div role="status">
      {!online && (
        <p className={styles.bar}>
          <IconWifiOff size={16} stroke={1.75} aria-hidden="true" />
          {t('offline')}
        </p>
      )}
    </div>
  );
}
