import { IconSpeakerphone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useReadAnnouncement } from '@/features/announcements/queries';
import styles from '@/features/announcements/notice-card.module.css';
import { Button, buttonClass } from '@/ui/button';

interface Props {
  announcement: Schema<'Announcement'>;
  /** How many more have come. */
  more: number;
}

/** What the operator has just announced, above everything until it is put away. It takes no focus from what somebody does. */
export function NoticeCard({ announcement: { id, title, body }, more }: Props) {
  const { t } = useTranslation('safety');
  const read = useReadAnnouncement();
  return (
    <aside className={styles.card} aria-label={t('news.title')}>
      <IconSpeakerphone size={20} stroke={1.75} aria-hidden="true" className={styles.icon} />
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        <p className={styles.body}>{body}</p>
      </div>
      <div className={styles.buttons}>
        <Link to="/announcements" className={buttonClass('quiet')}>
          {more > 0 ? t('news.more', { count: more }) : t('news.all')}
        </Link>
        <Button look="quiet" onClick={() => read.mutate(id)}>
          {t('news.dismiss')}
        </Button>
      </div>
    </aside>
  );
}
