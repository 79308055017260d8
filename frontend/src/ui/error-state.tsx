import { IconCloudOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/button';
import styles from '@/ui/state.module.css';

interface Props {
  title: string;
  /** What happened, what is kept, what to do. */
  text: string;
  /** It is all there is on the page, so its title is the page's heading. */
  alone?: boolean;
  onRetry?: () => void;
}

/** Something did not arrive; always with a way to try again where that makes sense. */
export function ErrorState({ title, text, alone, onRetry }: Props) {
  const Title = alone ? 'h1' : 'p';
  const { t } = useTranslation();
  return (
    <div className={styles.state} role="alert">
      <span className={styles.icon} aria-hidden="true">
        <IconCloudOff size={28} stroke={1.5} />
      </span>
      <Title className={styles.title}>{title}</Title>
      <p className={styles.text}>{text}</p>
      {onRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
    </div>
  );
}
