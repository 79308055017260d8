import {
  IconChartBar,
  IconLayoutSidebarRight,
  IconMessage2Heart,
  IconSearch,
} from '@tabler/icons-react';
import { useLocation, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { useGoneRooms, type Gone } from '@/app/gone-rooms';
import { readings } from '@/app/readings';
import styles from '@/app/room-page.module.css';
import { useAskSearch } from '@/app/use-finding';
import { usePane } from '@/app/use-pane';
import { useMe } from '@/features/account/queries';
import { useEmotionMode } from '@/features/emotion/queries';
import { Conversation } from '@/features/messages/conversation';
import { useRoom } from '@/features/rooms/queries';
import { IconButton } from '@/ui/icon-button';
import { IconLink } from '@/ui/icon-link';
import { SkeletonRows } from '@/ui/skeleton';
import { useToast } from '@/ui/toast';

const RoomReadingsDialog = lazy(async () => ({
  default: (await import('@/features/rooms/room-readings-dialog')).RoomReadingsDialog,
}));
const RoomPane = lazy(async () => ({ default: (await import('@/app/room-pane')).RoomPane }));

/** A conversation by its address, /rooms/12?at=340&pane=members, as long as I am in it. */
export function RoomPage() {
  const { roomId } = useParams({ from: '/shell/rooms/$roomId' });
  return <MyRoom key={roomId} roomId={roomId} />;
}

function MyRoom({ roomId }: { roomId: number }) {
  const { t } = useTranslation('rooms');
  const rooms = useGoneRooms();
  const navigate = useNavigate();
  const say = useToast();
  const [gone, setGone] = useState(false);
  const onGone = useEffectEvent(({ roomId: id, name, why }: Gone) => {
    if (id !== roomId) return;
    setGone(true);
    say(t(`gone.${why}`, { name: name ?? t('someone') }));
    void navigate({ to: '/chats', replace: true });
  });
  useEffect(() => rooms.subscribe((one) => onGone(one)), [rooms]);
  return gone ? null : <Columns roomId={roomId} />;
}

/** The conversation, and what stands beside it. */
function Columns({ roomId }: { roomId: number }) {
  const { t } = useTranslation(['rooms', 'search']);
  const rooms = useGoneRooms();
  const search = useAskSearch();
  const chosen = useLocation({ select: ({ state }) => state.found });
  const { at } = useSearch({ from: '/shell/rooms/$roomId' });
  const { data: room } = useRoom(roomId);
  const { pane, layout, show } = usePane();
  const [opened, setOpened] = useState(false); // By a press, not by the address: then the focus goes along.
  const button = useRef<HTMLButtonElement>(null);
  const group = room?.kind === 'group' ? room : undefined;
  const shown = group && pane;

  const closing = useRef(false);
  useEffect(() => {
    // Not before it is gone: under a pane that covers everything nothing takes the focus.
    if (!shown && closing.current) button.current?.focus();
    if (!shown) closing.current = false;
  }, [shown]);

  const close = () => {
    closing.current = true;
    show(undefined);
  };
  const toggle = () => {
    setOpened(true);
    show(pane ? undefined : 'members');
  };
  return (
    <div className={styles.columns}>
      <div className={styles.talk} inert={shown && layout !== 'column'}>
        <Conversation
          roomId={roomId}
          at={at}
          chosen={chosen}
          readings={readings}
          headerEnd={
            <>
              <IconButton label={t('search:here')} tip="left" onClick={() => search(roomId)}>
                <IconSearch size={20} stroke={1.75} aria-hidden="true" />
              </IconButton>
              {room && <Mood room={room} />}
              {room?.kind === 'direct' && room.state === 'open' && <DirectReadings room={room} />}
              {group && (
                <IconButton
                  ref={button}
                  label={t('pane.open')}
                  tip="left"
                  aria-expanded={shown !== undefined}
                  aria-controls={shown ? 'room-pane' : undefined}
                  onClick={toggle}
                >
                  <IconLayoutSidebarRight size={20} stroke={1.75} aria-hidden="true" />
                </IconButton>
              )}
            </>
          }
        />
      </div>
      {shown && layout === 'over' && (
        <button
          type="button"
          className={styles.scrim}
          tabIndex={-1}
          aria-hidden="true"
          onClick={close}
        />
      )}
      {group && pane && (
        <section
          id="room-pane"
          className={styles.pane}
          aria-label={t('pane.label')}
          data-layout={layout}
        >
          <Suspense fallback={<SkeletonRows rows={4} />}>
            <RoomPane
              room={group}
              pane={pane}
              layout={layout}
              takesFocus={opened}
              onPane={show}
              onClose={close}
              onLeft={() => rooms.report(roomId, 'left')}
            />
          </Suspense>
        </section>
      )}
    </div>
  );
}

/** Leads to how the conversation has felt, where that may be told and is wanted. */
function Mood({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation('mood');
  const mode = useEmotionMode()?.mode;
  const { showReadings } = useMe();
  if (!mode || mode === 'off' || !showReadings || room.readings === 'off') return null;
  return (
    <IconLink to="/rooms/$roomId/mood" params={{ roomId: room.id }} label={t('open')} tip="left">
      <IconChartBar size={20} stroke={1.75} aria-hidden="true" />
    </IconLink>
  );
}

/** Opens the choice of two people whether their messages are read. */
function DirectReadings({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation('rooms');
  const mode = useEmotionMode()?.mode;
  const [open, setOpen] = useState(false);
  if (!mode || mode === 'off') return null;
  return (
    <>
      <IconButton label={t('readings.direct')} tip="left" onClick={() => setOpen(true)}>
        <IconMessage2Heart size={20} stroke={1.75} aria-hidden="true" />
      </IconButton>
      {open && (
        <Suspense>
          <RoomReadingsDialog room={room} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
