import styles from '@/features/messages/divider.module.css';
import { usePreferences } from '@/lib/use-preferences';

/** The day that begins here. */
export function DayDivider({ day }: { day: Date }) {
  const { locale } = usePreferences();
  const sameYear = day.getFullYear() === new Date().getFullYear();
  const name = day.toLocaleDateString(locale, {
    ...(!sameYear && { year: 'numeric' }),
    month: 'long',
    day: 'numeric',
    weekday: 'long',
  });
  return (
    <div className={styles.day} role="separator" aria-label={name}>
      <span aria-hidden="true">{name}</span>
    </div>
  );
}
