import { useTranslation } from 'react-i18next';
import { classNames } from '@/lib/class-names';
import { clock, SOON } from '@/lib/time-left';
import { useSecondsLeft } from '@/lib/use-seconds-left';
import styles from '@/ui/countdown.module.css';

interface Props {
  /** When it is over, in ISO 8601. */
  until: string;
  className?: string | undefined;
}

/** How much time is left, ticking. The last quarter of an hour says so in words and in weight. */
export function Countdown({ until, className }: Props) {
  const { t } = useTranslation();
  const seconds = useSecondsLeft(until);
  const soon = seconds <= SOON;
  const minutes = Math.floor(seconds / 60);
  const words =
    seconds === 0
      ? t('left.over')
      : soon
        ? t('left.soon', { clock: clock(seconds) })
        : minutes < 60
          ? t('left.minutes', { minutes })
          : t('left.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  return (
    <time dateTime={until} className={classNames(styles.left, className)} data-soon={soon}>
      {words}
    </time>
  );
}
