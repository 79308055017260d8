import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/admin/admin.module.css';
import { IconButton } from '@/ui/icon-button';

interface Props {
  page: number;
  /** How many there are, where that is known. */
  last?: number;
  onBack: (() => void) | undefined;
  onForward: (() => void) | undefined;
}

/** From page to page; nothing when there is only one. */
export function Pager({ page, last, onBack, onForward }: Props) {
  const { t } = useTranslation('admin');
  if (!onBack && !onForward) return null;
  const icon = { size: 20, stroke: 1.75, 'aria-hidden': true } as const;
  // The arrows stay where they are, also with the focus on them, when there is nothing further.
  return (
    <nav className={styles.pager} aria-label={t('pages.label')}>
      <IconButton
        label={t('pages.previous')}
        tip="above"
        aria-disabled={!onBack}
        className={onBack ? undefined : styles.off}
        onClick={onBack}
      >
        <IconChevronLeft {...icon} />
      </IconButton>
      <span aria-live="polite">
        {last === undefined ? t('pages.at', { page }) : t('pages.of', { page, last })}
      </span>
      <IconButton
        label={t('pages.next')}
        tip="above"
        aria-disabled={!onForward}
        className={onForward ? undefined : styles.off}
        onClick={onForward}
      >
        <IconChevronRight {...icon} />
      </IconButton>
    </nav>
  );
}
