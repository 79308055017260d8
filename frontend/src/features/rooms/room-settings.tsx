import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { useUpdateRoom } from '@/features/rooms/commands';
import { seatsOf } from '@/features/rooms/create-draft';
import styles from '@/features/rooms/room-panel.module.css';
import { countCodePoints } from '@/lib/code-points';
import { wholeNumber } from '@/lib/whole-number';
import { Button } from '@/ui/button';
import { NumberField } from '@/ui/number-field';
import { TextField } from '@/ui/text-field';
import { useToast } from '@/ui/toast';

/** What a room is called and how many fit in; for the host. What was not touched follows the room. */
export function RoomSettings({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation(['rooms', 'discover', 'common']);
  const say = useToast();
  const update = useUpdateRoom(room);
  const [typed, setTyped] = useState<{ title?: string; seats?: string }>({});
  const [checked, setChecked] = useState(false);
  const title = typed.title ?? room.title ?? '';
  const seats = typed.seats ?? String(room.capacity ?? '');
  const { most, usual } = seatsOf[room.pickup ? 'pickup' : 'plain'];
  const least = Math.max(1, room.memberCount);
  const capacity = wholeNumber(seats);

  const change: Schema<'RoomUpdate'> = {
    ...(title.trim() !== room.title && { title: title.trim() }),
    ...(capacity !== undefined && capacity !== room.capacity && { capacity }),
  };
  const length = countCodePoints(title.trim());
  const wrong = {
    title: length < 1 || length > 60,
    seats: capacity === undefined || capacity < least || capacity > most,
  };
  const refused = update.error instanceof Problem ? update.error : undefined;
  const taken = isTaken(refused);
  const small = isSmall(refused);
  const seatsRange = { least, most: Math.max(usual, room.capacity ?? 0) };

  const save = () => {
    setChecked(true);
    if (wrong.title || wrong.seats || update.isPending) return;
    update.mutate(change, {
      onSuccess: () => {
        setTyped({});
        say(t('common:saved'));
      },
      onError: (error) => {
        if (!isBesideField(error)) say(problemText(error));
      },
    });
  };
  const type = (more: typeof typed) => {
    setTyped({ ...typed, ...more });
    setChecked(false);
    update.reset();
  };
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <TextField
        label={t('settings.name')}
        autoComplete="off"
        value={title}
        error={
          checked && wrong.title
            ? t('discover:new.faults.title')
            : taken
              ? t('discover:new.faults.titleTaken')
              : undefined
        }
        onChange={(event) => type({ title: event.target.value })}
      />
      <NumberField
        label={t('settings.seats')}
        hint={t('settings.seatsHint', seatsRange)}
        least={least}
        most={most}
        less={t('settings.less')}
        more={t('settings.more')}
        value={seats}
        error={
          checked && wrong.seats
            ? t('discover:new.faults.seats', seatsRange)
            : small
              ? problemText(refused)
              : undefined
        }
        onChange={(value) => type({ seats: value })}
      />
      <Button
        type="submit"
        busy={update.isPending}
        disabled={Object.keys(change).length === 0 && !wrong.title && !wrong.seats}
      >
        {t(update.isPending ? 'common:saving' : 'common:save')}
      </Button>
    </form>
  );
}

function isTaken(error: Error | undefined): boolean {
  return error instanceof Problem && error.code === 'room.title_taken';
}

/** Also when the operator allows fewer seats. */
function isSmall(error: Error | undefined): boolean {
  return (
    error instanceof Problem && (error.code === 'room.too_small' || error.fields.has('capacity'))
  );
}

/** The field itself says it. */
function isBesideField(error: Error): boolean {
  return isTaken(error) || isSmall(error);
}
