import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useUpdateRoom } from '@/features/rooms/commands';
import styles from '@/features/rooms/room-panel.module.css';
import { countCodePoints } from '@/lib/code-points';
import { Button } from '@/ui/button';
import { PasswordField } from '@/ui/password-field';
import { useToast } from '@/ui/toast';

/** Whether a password is asked of who joins; the host sets, changes and removes it. */
export function RoomPassword({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation(['rooms', 'common']);
  const say = useToast();
  const update = useUpdateRoom(room);
  const [writing, setWriting] = useState(false);
  const done = {
    onSuccess: () => {
      setWriting(false);
      say(t('common:saved'));
    },
    onError: (error: Error) => say(problemText(error)),
  };
  return (
    <>
      <p className={styles.text}>
        {t(room.hasPassword ? 'settings.hasPassword' : 'settings.noPassword')}
      </p>
      {writing ? (
        <NewPassword
          busy={update.isPending}
          onSave={(password) => update.mutate({ password }, done)}
          onCancel={() => setWriting(false)}
        />
      ) : (
        <div className={styles.pair}>
          <Button onClick={() => setWriting(true)}>
            {t(room.hasPassword ? 'settings.changePassword' : 'settings.setPassword')}
          </Button>
          {room.hasPassword && (
            <Button
              busy={update.isPending}
              onClick={() => update.mutate({ removePassword: true }, done)}
            >
              {t('settings.removePassword')}
            </Button>
          )}
        </div>
      )}
    </>
  );
}

interface NewPasswordProps {
  busy: boolean;
  onSave: (password: string) => void;
  onCancel: () => void;
}

function NewPassword({ busy, onSave, onCancel }: NewPasswordProps) {
  const { t } = useTranslation(['rooms', 'discover', 'common']);
  const [password, setPassword] = useState('');
  const [checked, setChecked] = useState(false);
  const length = countCodePoints(password);
  const wrong = length < 4 || length > 64;
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (!wrong && !busy) onSave(password);
      }}
    >
      <PasswordField
        label={t('settings.newPassword')}
        hint={t('settings.passwordHint')}
        autoComplete="off"
        autoFocus
        value={password}
        error={checked && wrong ? t('settings.passwordHint') : undefined}
        onChange={(event) => {
          setPassword(event.target.value);
          setChecked(false);
        }}
      />
      <div className={styles.pair}>
        <Button onClick={onCancel}>{t('common:cancel')}</Button>
        <Button type="submit" look="primary" busy={busy}>
          {t(busy ? 'common:saving' : 'settings.savePassword')}
        </Button>
      </div>
    </form>
  );
}
