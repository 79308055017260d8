import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useDraw } from '@/features/rooms/commands';
import styles from '@/features/rooms/draw-lots.module.css';
import { useNames } from '@/features/rooms/queries';
import { wholeNumber } from '@/lib/whole-number';
import { Avatar } from '@/ui/avatar';
import { Button } from '@/ui/button';
import { NumberField } from '@/ui/number-field';
import { useToast } from '@/ui/toast';

/** Lets the server draw members by chance. The line in the conversation tells everybody; here it stands for who asked. */
export function DrawLots({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation('rooms');
  const say = useToast();
  const draw = useDraw(room.id);
  const [count, setCount] = useState('1');
  const most = Math.max(1, Math.min(room.memberCount, 100));
  const number = Math.min(Math.max(wholeNumber(count) ?? 1, 1), most);
  return (
    <>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setCount(String(number));
          if (!draw.isPending) {
            draw.mutate(number, { onError: (error) => say(problemText(error)) });
          }
        }}
      >
        <NumberField
          label={t('draw.count')}
          least={1}
          most={most}
          less={t('draw.less')}
          more={t('draw.more')}
          value={count}
          onChange={setCount}
        />
        <Button type="submit" busy={draw.isPending}>
          {t('draw.action')}
        </Button>
      </form>
      <div role="status">
        {draw.data && !draw.isPending && <Drawn roomId={room.id} users={draw.data} />}
      </div>
    </>
  );
}

function Drawn({ roomId, users }: { roomId: number; users: readonly number[] }) {
  const { t } = useTranslation('rooms');
  const { me, nickname, isGone } = useNames(roomId);
  return (
    <>
      <p className={styles.result}>{t('draw.result')}</p>
      <ul className={styles.drawn}>
        {users.map((user) => {
          const name = nickname(user) ?? t('someone');
          return (
            <li key={user} className={styles.one}>
              <Avatar id={user} name={name} gone={isGone(user)} size="small" />
              {user === me ? t('members.you') : name}
            </li>
          );
        })}
      </ul>
    </>
  );
}
