import { useNavigate } from '@tanstack/react-router';
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { useJoinRoom } from '@/features/rooms/discover-queries';
import { JoinNotice } from '@/features/rooms/join-notice';
import { joinRefusal, lateRefusal } from '@/features/rooms/join-refusal';
import styles from '@/features/rooms/join-sheet.module.css';
import { OpenRoomFacts } from '@/features/rooms/open-room-facts';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { PasswordField } from '@/ui/password-field';

interface Props {
  room: Schema<'OpenRoom'>;
  onClose: () => void;
}

/** What an open room is like, and the way into it: one press, or its password. */
export function JoinSheet({ room, onClose }: Props) {
  const { t } = useTranslation(['discover', 'common']);
  const navigate = useNavigate();
  const join = useJoinRoom();
  const form = useId();
  const field = useRef<HTMLInputElement>(null);
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState(false);

  const refusal = join.error ? joinRefusal(join.error) : lateRefusal(room);
  // Between looking at the list and joining, a password may have been set.
  const asks = room.hasPassword || refusal?.where === 'password';
  const over = refusal?.where === 'over';
  // Too many tries are about the password, too, and are said where the next one would be made.
  const beside = refusal?.where === 'password' || (asks && isLimited(join.error));

  const submit = () => {
    if (join.isPending) return;
    setMissing(asks && password === '');
    if (asks && password === '') {
      field.current?.focus();
      return;
    }
    join.mutate(
      { roomId: room.id, ...(asks && { password }) },
      {
        onSuccess: ({ id }) => void navigate({ to: '/rooms/$roomId', params: { roomId: id } }),
        onError: () => field.current?.select(),
      },
    );
  };
  return (
    <Dialog
      title={room.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t(over ? 'common:close' : 'common:cancel')}</Button>
          {!over && (
            <Button type="submit" form={form} look="primary" busy={join.isPending}>
              {t(join.isPending ? 'join.busy' : 'join.action')}
            </Button>
          )}
        </>
      }
    >
      <form
        id={form}
        noValidate
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <OpenRoomFacts room={room} />
        {asks && !over && (
          <PasswordField
            ref={field}
            label={t('join.password')}
            hint={t('join.passwordHint')}
            autoComplete="off"
            maxLength={64}
            value={password}
            error={missing ? t('join.passwordMissing') : beside ? refusal?.text : undefined}
            onChange={(event) => {
              setPassword(event.target.value);
              setMissing(false);
            }}
          />
        )}
        <JoinNotice text={beside ? undefined : refusal?.text} />
      </form>
    </Dialog>
  );
}

function isLimited(error: Error | null): boolean {
  return error instanceof Problem && error.status === 429;
}
