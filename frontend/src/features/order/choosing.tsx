import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import { ConfirmOrder } from '@/features/order/confirm-order';
import { GoneDishes } from '@/features/order/gone-dishes';
import { Menu } from '@/features/order/menu';
import { MyPart } from '@/features/order/my-part';
import { OrderTable } from '@/features/order/order-table';
import { useJoined } from '@/features/order/people';
import { Progress } from '@/features/order/progress';
import { menuQuery, useChoose } from '@/features/order/queries';
import { withMore, wishOf, withWish } from '@/features/order/wish';
import { useToast } from '@/ui/toast';

interface Props {
  room: Schema<'Room'>;
  order: Schema<'Order'>;
}

/** The order while everybody chooses: the menu and my part of it, everybody's dishes, and the host's last word. */
export function Choosing({ room, order: saved }: Props) {
  const { t } = useTranslation('order');
  const me = useMe();
  const say = useToast();
  const joined = useJoined(room.id);
  const store = useQuery(menuQuery(saved.store.id));
  const { wish, choose } = useChoose(room.id, me.id, (error) =>
    say(t('mine.failed', { why: isGone(error) ? t('gone.just') : problemText(error) })),
  );
  const order = wish ? withWish(saved, wish, me.id, store.data?.menu ?? [], joined) : saved;
  const mine = order.selections.find(({ user }) => user === me.id);
  const done = mine?.done ?? false;
  const setDone = (done: boolean) => choose((now) => ({ ...now, done }));
  return (
    <>
      <Progress roomId={room.id} order={order} />
      <GoneDishes lines={mine?.items ?? []} onDrop={() => setDone(false)} />
      {!done && (
        <Menu
          store={store}
          wish={wishOf(mine)}
          onMore={(itemId, more) => choose((now) => withMore(now, itemId, more))}
        />
      )}
      <MyPart mine={mine} onDone={setDone} />
      <OrderTable roomId={room.id} order={order} fixed={false} />
      <ConfirmOrder room={room} order={saved} />
    </>
  );
}

/** The server names the dish that it does not know by its place in what was sent. */
function isGone(error: Error): boolean {
  return error instanceof Problem && error.fields.has('itemId');
}
