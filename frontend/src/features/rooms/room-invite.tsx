import { IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/api/problem-text';
import { useCreateInvite, useRevokeInvites } from '@/features/rooms/commands';
import styles from '@/features/rooms/room-panel.module.css';
import { calendarDay, clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/choice';
import { ConfirmDialog } from '@/ui/confirm-dialog';
import { IconButton } from '@/ui/icon-button';
import { TextField } from '@/ui/text-field';
import { useToast } from '@/ui/toast';

const hoursOf = { hour: 1, day: 24, week: 168 } as const;
type Span = keyof typeof hoursOf;
const spans: readonly Span[] = ['hour', 'day', 'week'];

/** Links that let their holders in; for the host. */
export function RoomInvite({ roomId }: { roomId: number }) {
  const { t } = useTranslation('rooms');
  const say = useToast();
  const create = useCreateInvite(roomId);
  const [span, setSpan] = useState<Span>('day');
  const [revoking, setRevoking] = useState(false);
  return (
    <>
      <p className={styles.note}>{t('invite.text')}</p>
      <Choice
        label={t('invite.hours')}
        options={spans.map((value) => ({ value, label: t(`invite.${value}`) }))}
        value={span}
        onChange={setSpan}
      />
      <Button
        wide
        busy={create.isPending}
        onClick={() =>
          create.mutate(hoursOf[span], { onError: (error) => say(problemText(error)) })
        }
      >
        {t('invite.create')}
      </Button>
      {create.data && <InviteLink {...create.data} />}
      <Button onClick={() => setRevoking(true)}>{t('invite.revoke')}</Button>
      {revoking && (
        <AskRevoke roomId={roomId} onDone={create.reset} onClose={() => setRevoking(false)} />
      )}
    </>
  );
}

function InviteLink({ token, expiresAt }: { token: string; expiresAt: string }) {
  const { t } = useTranslation('rooms');
  const { locale } = usePreferences();
  const say = useToast();
  // The fragment of an address is not sent to any server, so no log has it.
  const link = `${location.origin}/join#${token}`;
  const end = new Date(expiresAt);
  const when = `${calendarDay(end, new Date(), locale)} ${clockTime(end, locale)}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      say(t('invite.copied'));
    } catch {
      say(t('invite.notCopied'));
    }
  };
  return (
    <TextField
      label={t('invite.link')}
      hint={t('invite.until', { when })}
      readOnly
      value={link}
      onFocus={(event) => event.target.select()}
      end={
        <IconButton label={t('invite.copy')} tip="left" onClick={() => void copy()}>
          <IconCopy size={20} stroke={1.75} aria-hidden="true" />
        </IconButton>
      }
    />
  );
}

interface AskProps {
  roomId: number;
  onDone: () => void;
  onClose: () => void;
}

function AskRevoke({ roomId, onDone, onClose }: AskProps) {
  const { t } = useTranslation('rooms');
  const say = useToast();
  const revoke = useRevokeInvites(roomId);
  return (
    <ConfirmDialog
      title={t('invite.revokeTitle')}
      text={t('invite.revokeText')}
      action={t('invite.revoke')}
      busy={revoke.isPending}
      onClose={onClose}
      onConfirm={() =>
        revoke.mutate(undefined, {
          onSuccess: () => {
            onDone();
            say(t('invite.revoked'));
          },
          onError: (error) => say(problemText(error)),
          onSettled: onClose,
        })
      }
    />
  );
}
