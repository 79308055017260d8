import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useUpdateRoom } from '@/features/rooms/commands';
import styles from '@/features/rooms/room-panel.module.css';
import { Choice } from '@/ui/choice';
import { useToast } from '@/ui/toast';

const choices = ['on', 'local', 'off'] as const;

interface Props {
  room: Schema<'Room'>;
  /** I may decide it: as the host, or as one of two. */
  decides: boolean;
}

/** Whether messages are read for feeling in a room, in plain words; a change counts at once. */
export function RoomReadings({ room, decides }: Props) {
  const { t } = useTranslation(['rooms', 'common']);
  const say = useToast();
  const update = useUpdateRoom(room);
  if (!decides) {
    return (
      <>
        <p className={styles.text}>{t(`readings.now.${room.readings}`)}</p>
        <p className={styles.note}>{t('readings.host')}</p>
      </>
    );
  }
  // The wish is shown at once; when it is refused, what is true comes back.
  const wished = update.isPending ? update.variables.readings : undefined;
  return (
    <>
      <Choice
        look="cards"
        label={t('readings.question')}
        value={wished ?? room.readings}
        options={choices.map((value) => ({
          value,
          label: t(`readings.${value}`),
          text: t(`readings.${value}Text`),
        }))}
        onChange={(readings) =>
          update.mutate(
            { readings },
            {
              onSuccess: () => say(t('common:saved')),
              onError: (error) => say(problemText(error)),
            },
          )
        }
      />
      {room.kind === 'direct' && <p className={styles.note}>{t('readings.both')}</p>}
    </>
  );
}
