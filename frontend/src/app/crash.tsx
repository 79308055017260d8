import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';

/** A mistake of ours broke this page; the rest of the app stands. */
export function Crash() {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <EmptyState
        title={t('crash.title')}
        text={t('crash.text')}
        action={
          <Button look="primary" onClick={() => location.reload()}>
            {t('crash.reload')}
          </Button>
        }
      />
    </div>
  );
}
