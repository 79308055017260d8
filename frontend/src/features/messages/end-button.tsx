import { IconArrowDown } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import styles from '@/features/messages/end-button.module.css';

interface Props {
  /** New messages below what is seen. */
  fresh: number;
  onClick: () => void;
}

/** Leads to the end of the conversation, and says how much is new there. */
export function EndButton({ fresh, onClick }: Props) {
  const { t } = useTranslation('messages');
  return (
    <button
      type="button"
      className={styles.button}
      data-fresh={fresh > 0}
      aria-label={fresh > 0 ? undefined : t('toEnd')}
      onClick={onClick}
    >
      {fresh > 0 && t('pill', { count: fresh })}
      <IconArrowDown size={18} stroke={1.75} aria-hidden="true" />
    </button>
  );
}
