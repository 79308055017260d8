import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';

interface Props {
  /** What is said when there is nothing at all. */
  empty: string;
  text?: string;
  /** Takes away what narrows the list; undefined when nothing does. */
  onClear: (() => void) | undefined;
}

/** A list without rows: by its filters, or because there are none yet. */
export function Nothing({ empty, text, onClear }: Props) {
  const { t } = useTranslation('admin');
  return (
    <div role="status">
      {onClear ? (
        <EmptyState
          title={t('narrowed')}
          text={t('narrowedText')}
          action={<Button onClick={onClear}>{t('clear')}</Button>}
        />
      ) : (
        <EmptyState title={empty} {...(text && { text })} />
      )}
    </div>
  );
}
