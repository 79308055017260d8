import { IconArrowLeft, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useId, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import styles from '@/app/room-pane.module.css';
import { panes, type Pane, type PaneLayout } from '@/app/use-pane';
import { MemberList } from '@/features/rooms/member-list';
import { RoomPanel } from '@/features/rooms/room-panel';
import { alsoSpeak } from '@/i18n/i18n';
import { IconButton } from '@/ui/icon-button';
import { SkeletonRows } from '@/ui/skeleton';

// Rooms to talk in have neither, and none of their texts.
async function withOrder<T>(panel: Promise<T>): Promise<T> {
  const [loaded] = await Promise.all([panel, alsoSpeak('order')]);
  return loaded;
}
const OrderPanel = lazy(async () => ({
  default: (await withOrder(import('@/features/order/order-panel'))).OrderPanel,
}));
const BoxPanel = lazy(async () => ({
  default: (await withOrder(import('@/features/order/box-panel'))).BoxPanel,
}));

interface Props {
  room: Schema<'Room'>;
  pane: Pane;
  layout: PaneLayout;
  /** It was asked for just now, so the focus goes there. */
  takesFocus: boolean;
  onPane: (pane: Pane) => void;
  onClose: () => void;
  /** I am not in the room any more. */
  onLeft: () => void;
}

/** What there is to know and to do about a group room, in tabs. */
export function RoomPane({ room, pane, layout, takesFocus, onPane, onClose, onLeft }: Props) {
  const { t } = useTranslation('rooms');
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const tabs = panes.filter((one) => room.pickup !== null || (one !== 'order' && one !== 'box'));
  const here = tabs.find((one) => one === pane) ?? 'members';

  useEffect(() => {
    if (!takesFocus) return;
    frame.current?.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
  }, [takesFocus]);

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // A dialog above it closes by itself.
    const inDialog = event.target instanceof Element && event.target.closest('dialog') !== null;
    if (event.key !== 'Escape' || event.defaultPrevented || inDialog) return;
    event.preventDefault();
    onClose();
  };
  const walk = (event: KeyboardEvent<HTMLElement>) => {
    const at = tabs.indexOf(here);
    const to = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    const next = to === undefined ? undefined : tabs[to];
    if (!next || event.altKey) return;
    event.preventDefault();
    onPane(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    // The keys are those of what is inside; Escape closes it wherever one is.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={frame} className={styles.frame} onKeyDown={onKeyDown}>
      <div className={styles.head}>
        {layout === 'full' && (
          <IconButton label={t('pane.back')} tip="none" onClick={onClose}>
            <IconArrowLeft size={20} stroke={1.75} aria-hidden="true" />
          </IconButton>
        )}
        <div
          role="tablist"
          aria-label={t('pane.tabs')}
          className={styles.tabs}
          tabIndex={-1}
          onKeyDown={walk}
        >
          {tabs.map((one) => (
            <button
              key={one}
              id={`${id}-${one}`}
              type="button"
              role="tab"
              aria-selected={one === here}
              aria-controls={`${id}-panel`}
              tabIndex={one === here ? 0 : -1}
              className={styles.tab}
              onClick={() => onPane(one)}
            >
              {t(`pane.${one}`)}
            </button>
          ))}
        </div>
        {layout !== 'full' && (
          <IconButton label={t('pane.close')} tip="left" onClick={onClose}>
            <IconX size={20} stroke={1.75} aria-hidden="true" />
          </IconButton>
        )}
      </div>
      <div
        id={`${id}-panel`}
        role="tabpanel"
        aria-labelledby={`${id}-${here}`}
        tabIndex={0}
        className={styles.body}
      >
        <Suspense fallback={<SkeletonRows rows={4} />}>
          {here === 'members' && <MemberList room={room} />}
          {here === 'order' && <OrderPanel room={room} />}
          {here === 'box' && <BoxPanel room={room} />}
          {here === 'room' && <RoomPanel room={room} onLeft={onLeft} />}
        </Suspense>
      </div>
    </div>
  );
}
