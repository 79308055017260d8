import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/admin/admin.module.css';

const tones = { active: 'plain', must_reset: 'accent', deactivated: 'soft' } as const;

/** How an account stands, in a word. */
export function StateMark({ state }: { state: Schema<'AccountState'> }) {
  const { t } = useTranslation('admin');
  return (
    <span className={styles.mark} data-tone={tones[state]}>
      {t(`state.${state}`)}
    </span>
  );
}
