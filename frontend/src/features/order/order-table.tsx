import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useMe } from '@/features/account/queries';
import styles from '@/features/order/order-table.module.css';
import { useJoined, useNameOf } from '@/features/order/people';
import { useWon } from '@/features/order/use-won';

type Selection = Schema<'Selection'>;

interface Props {
  roomId: number;
  order: Schema<'Order'>;
  /** Confirmed: prices and shares stand; until then shares are what they would be now. */
  fixed: boolean;
}

/** Who gets what and pays how much, like the bill it is: a part for each member, and the sums of all below. */
export function OrderTable({ roomId, order, fixed }: Props) {
  const { t } = useTranslation('order');
  const won = useWon();
  const joined = useJoined(roomId);
  const some = order.selections.some(({ items }) => items.length > 0);
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{t('table.label')}</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">{t('table.who')}</th>
          <th scope="col">{t('table.amount')}</th>
        </tr>
      </thead>
      {(fixed ? order.selections : everybody(order, joined)).map((selection) => (
        <Part key={selection.user} roomId={roomId} selection={selection} fixed={fixed} />
      ))}
      {some && (
        <tfoot>
          {(['items', 'fee', 'total'] as const).map((part) => (
            <tr key={part} className={styles[part]}>
              <th scope="row">{t(`sum.${part}`)}</th>
              <td>
                {won({ items: order.itemsTotal, fee: order.deliveryFee, total: order.total }[part])}
              </td>
            </tr>
          ))}
        </tfoot>
      )}
    </table>
  );
}

/** Also those who have not begun to choose, each where they will stay. */
function everybody({ selections, missing }: Schema<'Order'>, joined: readonly number[]) {
  const begun = new Set(selections.map(({ user }) => user));
  const others = missing.flatMap((user) => (begun.has(user) ? [] : blank(user)));
  const place = ({ user }: Selection) => joined.indexOf(user);
  return [...selections, ...others].sort((a, b) => place(a) - place(b));
}

function blank(user: number): Selection {
  const none = { itemsTotal: 0, deliveryShare: 0, total: 0 };
  return { user, done: false, items: [], receivedAt: null, ...none };
}

interface PartProps {
  roomId: number;
  selection: Selection;
  fixed: boolean;
}

function Part({ roomId, selection, fixed }: PartProps) {
  const { t } = useTranslation('order');
  const won = useWon();
  const me = useMe();
  const nameOf = useNameOf(roomId);
  const { user, items, itemsTotal, deliveryShare, total } = selection;
  return (
    <tbody className={styles.part} data-mine={user === me.id}>
      <tr className={styles.head}>
        <th scope="rowgroup">
          {nameOf(user)} <Standing selection={selection} fixed={fixed} />
        </th>
        <td>
          <span className="visually-hidden">{t('table.total')} </span>
          {won(total)}
        </td>
      </tr>
      {items.map(({ itemId, name, quantity, price, available }) => (
        <tr key={itemId}>
          <th scope="row">
            {available ? name : <s>{name}</s>} <span className={styles.times}>× {quantity}</span>{' '}
            {!available && <em className={styles.gone}>{t('table.gone')}</em>}
          </th>
          <td>{won(price * quantity)}</td>
        </tr>
      ))}
      {items.length > 1 && (
        <tr>
          <th scope="row">{t('table.items')}</th>
          <td>{won(itemsTotal)}</td>
        </tr>
      )}
      {items.length > 0 && (
        <tr>
          <th scope="row">{t(fixed ? 'table.share' : 'table.shareAbout')}</th>
          <td>{won(deliveryShare)}</td>
        </tr>
      )}
    </tbody>
  );
}

/** How far somebody is: with choosing, and later with having theirs. */
function Standing({ selection, fixed }: { selection: Selection; fixed: boolean }) {
  const { t } = useTranslation('order');
  const { done, items, receivedAt } = selection;
  if (items.length === 0 && (done || fixed)) return <small>{t('table.nothing')}</small>;
  const good = fixed ? receivedAt !== null : done;
  const word = fixed ? (good ? 'received' : 'notReceived') : good ? 'chosen' : 'choosing';
  return (
    <small data-good={good}>
      {good && <IconCheck size={16} stroke={1.75} aria-hidden="true" />}
      {t(`table.${word}`)}
    </small>
  );
}
