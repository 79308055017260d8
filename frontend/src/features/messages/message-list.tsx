import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Virtuoso, type FlatIndexLocationWithAlign, type VirtuosoHandle } from 'react-virtuoso';
import { useMe } from '@/features/account/queries';
import { EndButton } from '@/features/messages/end-button';
import { ListEdge, type EdgeContext } from '@/features/messages/list-edge';
import styles from '@/features/messages/message-list.module.css';
import { MessageRow } from '@/features/messages/message-row';
import { OutgoingRow } from '@/features/messages/outgoing-row';
import { placeOf } from '@/features/messages/runs';
import { FoldRow } from '@/features/messages/fold-row';
import { freshBelow, indexOf, itemsOf, keyOf, saidOf } from '@/features/messages/list-items';
import type { Thread } from '@/features/messages/thread';
import { useOpening } from '@/features/messages/use-opening';
import { usePages } from '@/features/messages/use-pages';
import { useTools } from '@/features/messages/tools';
import { useAnswered } from '@/features/messages/use-answered';
import { useFirstIndex } from '@/features/messages/use-first-index';
import { useReadMarks } from '@/features/messages/use-read-marks';
import { useStayAtEnd } from '@/features/messages/use-stay-at-end';
import { useFlash, type Spot } from '@/features/messages/use-spot';
import { useWalk } from '@/features/messages/use-walk';
import { useOutgoing } from '@/realtime/use-live';

interface Props {
  roomId: number;
  name: string;
  thread: Thread;
  spot: Spot | undefined;
  firstUnread: number | undefined;
  onEnd: () => void;
  onEscape: () => void;
}

const components = { Header: ListEdge };
const nearby = { top: 800, bottom: 400 };

/** The messages, of which only those near the view exist. An item keeps its index, so nothing moves when older ones come in. */
export function MessageList({ roomId, name, thread, spot, firstUnread, onEnd, onEscape }: Props) {
  const { t } = useTranslation('messages');
  const me = useMe();
  const outgoing = useOutgoing(roomId);
  const items = useMemo(
    () => itemsOf(thread, outgoing, firstUnread),
    [thread, outgoing, firstUnread],
  );
  const first = useFirstIndex(thread, items);
  const lastSeq = thread.rows.at(-1)?.seq ?? 0;
  const list = useRef<VirtuosoHandle>(null);
  const root = useRef<HTMLDivElement>(null);
  const { older, newer } = usePages(roomId, thread);
  // Not known until the list has found its place, unless it opens at the end.
  const [below, setBelow] = useState(spot ? undefined : true);
  const [seen, setSeen] = useState((firstUnread ?? thread.lastSeq + 1) - 1);
  const atBottom = below === true && thread.atEnd;
  const { group } = useTools();
  const at = (seq: number) => indexOf(items, seq);
  const { reachable, setReachable, onKeyDown } = useWalk(root, list, thread, at, onEscape);
  const isOpening = useOpening(root, thread.part);
  const answered = useAnswered(outgoing, spot);
  const lit = useFlash(spot);
  useReadMarks(roomId, atBottom ? lastSeq : undefined);

  const spotIndex = spot && indexOf(items, spot.seq);
  useEffect(() => {
    if (!spot || spot.jump === 0 || spotIndex === undefined) return;
    list.current?.scrollToIndex({ index: spotIndex, align: 'center' });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only a new jump scrolls, not rows that move its index
  }, [spot]);
  // What grows under the last words (a reaction, a reading) must not push them out of sight.
  useEffect(() => {
    if (atBottom) list.current?.autoscrollToBottom();
  }, [thread, atBottom]);
  useStayAtEnd(root, thread.part, atBottom);
  const place: FlatIndexLocationWithAlign =
    spotIndex === undefined || answered
      ? { index: 'LAST', align: 'end' }
      : { index: spotIndex, align: spot?.flash ? 'center' : 'start' };

  const context: EdgeContext = {
    name,
    atStart: thread.atStart,
    failed: older.isError,
    retry: older.mutate,
  };
  return (
    // The log says nothing by itself (see Announcer); its keys walk from message to message.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={root}
      role="log"
      aria-live="off"
      aria-label={t('list', { name, context: group ? 'group' : '' })}
      className={styles.list}
      onKeyDown={onKeyDown}
    >
      <Virtuoso
        key={thread.part}
        ref={list}
        data={items}
        context={context}
        components={components}
        computeItemKey={(_index, item) => keyOf(item, me.id)}
        firstItemIndex={first}
        initialTopMostItemIndex={place}
        totalListHeightChanged={() => {
          // On a slow machine the list believes to be there before it knows how high its rows are.
          if (isOpening()) list.current?.scrollToIndex(place);
        }}
        alignToBottom
        tabIndex={-1}
        increaseViewportBy={nearby}
        atBottomThreshold={48}
        atBottomStateChange={(bottom) => {
          setBelow(bottom);
          if (!bottom) setSeen((before) => Math.max(before, lastSeq));
        }}
        followOutput={(bottom) => {
          const last = items.at(-1);
          return bottom || (last && 'state' in last && last.state !== 'failed') ? 'auto' : false;
        }}
        startReached={() => older.mutate()}
        endReached={() => newer.mutate()}
        itemContent={(index, item) => {
          const here = index - first;
          const place = placeOf(
            saidOf(items[here - 1], me.id),
            saidOf(item, me.id),
            saidOf(items[here + 1], me.id),
          );
          if ('state' in item) return <OutgoingRow item={item} starts={place.starts} />;
          if ('lines' in item) {
            const { lines } = item;
            return (
              <FoldRow
                lines={lines}
                starts={place.starts}
                newDay={place.newDay}
                firstUnread={lines[0].seq === firstUnread}
              />
            );
          }
          return (
            <MessageRow
              message={item}
              {...place}
              firstUnread={item.seq === firstUnread}
              reachable={item.seq === reachable}
              flash={item.seq === lit}
              onFocus={setReachable}
            />
          );
        }}
      />
      {!atBottom && below !== undefined && (
        <EndButton fresh={freshBelow(thread, seen, me.id)} onClick={onEnd} />
      )}
    </div>
  );
}
