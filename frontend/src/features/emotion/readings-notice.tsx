import { IconMessage2Heart } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useDismissNotice, useEmotionMode } from '@/features/emotion/queries';
import styles from '@/features/emotion/readings-notice.module.css';
import { Button, buttonClass } from '@/ui/button';
import { useToast } from '@/ui/toast';

/** Tells the members of a room once that messages are read there, by whom, and where each of them decides. */
export function ReadingsNotice({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation('emotion');
  const say = useToast();
  const mode = useEmotionMode();
  const dismiss = useDismissNotice(room.id, (error) =>
    say(t('notice.failed', { why: problemText(error) })),
  );
  if (!mode || mode.mode === 'off') return null; // It must not say "only here" before that is known.
  const host = room.readings === 'on' ? mode.host : null;
  return (
    <aside className={styles.notice} aria-label={t('notice.label')}>
      <IconMessage2Heart size={20} stroke={1.75} aria-hidden="true" className={styles.icon} />
      <p className={styles.text}>{host ? t('notice.remote', { host }) : t('notice.here')}</p>
      <div className={styles.buttons}>
        <Link to="/me/readings" className={buttonClass('quiet')}>
          {t('notice.choose')}
        </Link>
        <Button look="quiet" onClick={() => dismiss.mutate()}>
          {t('notice.dismiss')}
        </Button>
      </div>
    </aside>
  );
}
