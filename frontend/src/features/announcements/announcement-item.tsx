import { useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/features/announcements/announcements-page.module.css';
import { useReadAnnouncement } from '@/features/announcements/queries';
import { calendarDay, clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';

/** One announcement. It counts as read once its heading was in sight, and is marked as new as long as the page stays. */
export function AnnouncementItem({ announcement }: { announcement: Schema<'Announcement'> }) {
  const { t } = useTranslation('safety');
  const { locale } = usePreferences();
  const { id, title, body, publishedAt, readAt } = announcement;
  const heading = useId();
  const [isNew] = useState(readAt === null);
  const read = useReadAnnouncement();
  const head = useInSight(() => {
    if (readAt === null) read.mutate(id);
  });
  const at = new Date(publishedAt);
  return (
    <li>
      <article className={styles.item} aria-labelledby={heading} data-new={isNew}>
        <div ref={head} className={styles.head}>
          <h2 id={heading} className={styles.title}>
            {isNew && <span className={styles.new}>{t('news.new')}</span>} {title}
          </h2>
          <time dateTime={publishedAt} className={styles.time}>
            {calendarDay(at, new Date(), locale)} {clockTime(at, locale)}
          </time>
        </div>
        <p className={styles.body}>{body}</p>
      </article>
    </li>
  );
}

/** Calls back the first time that all of the element can be seen. */
function useInSight(then: () => void) {
  const element = useRef<HTMLDivElement>(null);
  const seen = useEffectEvent(then);
  useEffect(() => {
    if (!element.current) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        observer.disconnect();
        seen();
      },
      { threshold: 1 },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return element;
}
