import { IconEyeOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { buttonClass } from '@/ui/button';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';

interface Props {
  error: Error;
  /** The room that it is about; without one it is about me. */
  roomId?: number;
  onRetry: () => void;
}

/** Why no mood is shown: because somebody wants none, which is no fault, or because something went wrong. */
export function NoMood({ error, roomId, onRetry }: Props) {
  const { t } = useTranslation('mood');
  const code = error instanceof Problem ? error.code : undefined;
  const icon = <IconEyeOff size={28} stroke={1.5} />;
  const mine = (words: string) => (
    <Link to="/me/readings" className={buttonClass('primary')}>
      {words}
    </Link>
  );
  if (code === 'emotion.hidden') {
    return (
      <EmptyState
        icon={icon}
        title={t('hidden.title')}
        text={t('hidden.text')}
        action={mine(t('hidden.action'))}
      />
    );
  }
  if (code === 'emotion.off' && roomId === undefined) {
    return (
      <EmptyState
        icon={icon}
        title={t('off.mine')}
        text={t('off.mineText')}
        action={mine(t('off.mineAction'))}
      />
    );
  }
  if (code === 'emotion.off' && roomId !== undefined) {
    return (
      <EmptyState
        icon={icon}
        title={t('off.title')}
        text={t('off.text')}
        action={
          <Link
            to="/rooms/$roomId"
            params={{ roomId }}
            search={{ pane: 'room' }}
            className={buttonClass('primary')}
          >
            {t('off.action')}
          </Link>
        }
      />
    );
  }
  return <ErrorState title={t('failed')} text={problemText(error)} onRetry={onRetry} />;
}
