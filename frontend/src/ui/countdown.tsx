import { useTranslation } from 'react-i18next';
import { classNames } from '@/lib/class-names';
import { timeLeftText } from '@/lib/time-left';
import { usePreferences } from '@/lib/use-preferences';
import { useSecondsLeft } from '@/lib/use-seconds-left';
import styles from '@/ui/countdown.module.css';

/** The last quarter of an hour, in seconds. */
const SOON = 15 * 60;

interface Props {
  /** When it is over, in ISO 8601. */
  until: string;
  className?: string | undefined;
}

/** How much time is left, ticking. The last quarter of an hour is told by words and weight. */
export function Countdown({ until, className }: Props) {
  const { t } = useTranslation();
  const { locale } = usePreferences();
  const seconds = useSecondsLeft(until);
  const soon = seconds <= SOON;
  const time = timeLeftText(seconds, locale);
  const words = seconds === 0 ? t('left.over') : t(soon ? 'left.soon' : 'left.time', { time });
  return (
    <time dateTime={until} className={classNames(styles.left, className)} data-soon={soon}>
      {words}
    </time>
  );
}
