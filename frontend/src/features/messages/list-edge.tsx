import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/message-list.module.css';
import { useTools } from '@/features/messages/tools';
import { Button } from '@/ui/button';

export interface EdgeContext {
  name: string;
  /** Nothing was said before the first row. */
  atStart: boolean;
  /** The messages before the first row could not be loaded. */
  failed: boolean;
  retry: () => void;
}

/** What stands above the first row: the beginning of it all, or more to come. */
export function ListEdge({ context }: { context: EdgeContext }) {
  const { t } = useTranslation(['messages', 'common']);
  const { group } = useTools();
  const { name, atStart, failed, retry } = context;
  if (failed) {
    return (
      <div className={styles.edge} role="alert">
        <p>{t('moreFailed')}</p>
        <Button onClick={retry}>{t('common:retry')}</Button>
      </div>
    );
  }
  return (
    <div className={styles.edge}>
      {atStart && <p>{t('start', { name, context: group ? 'group' : '' })}</p>}
    </div>
  );
}
