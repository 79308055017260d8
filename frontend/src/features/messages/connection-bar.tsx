import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/connection-bar.module.css';
import { useOnline } from '@/lib/use-online';
import { useSocketStatus, useWaiting } from '@/realtime/use-live';

/** Nothing while all is well; after five seconds without a connection, that it is being mended and what waits for it. */
export function ConnectionBar() {
  const { t } = useTranslation('messages');
  const { late } = useSocketStatus();
  const online = useOnline(); // Without any network the bar of the whole app says so.
  const waiting = useWaiting();
  const words = [
    late && online && t('connection.lost'),
    late && waiting > 0 && t('connection.waiting', { count: waiting }),
  ].filter((part) => part !== false);
  return (
    <div role="status" className={styles.place}>
      {words.length > 0 && <p className={styles.bar}>{words.join(' ')}</p>}
    </div>
  );
}
