import { useState, type KeyboardEvent, type RefObject } from 'react';
import type { VirtuosoHandle } from 'react-virtuoso';
import { neighbourOf } from '@/features/messages/list-items';
import type { Thread } from '@/features/messages/thread';

/**
 * Walking through the messages by keyboard. The list is one stop of the Tab key: at the message that had the focus last, at first the latest
 * one. From there the arrow keys, Home and End lead to the others.
 */
export function useWalk(
  root: RefObject<HTMLElement | null>,
  list: RefObject<VirtuosoHandle | null>,
  { rows }: Thread,
  indexOf: (seq: number) => number | undefined,
  onEscape: () => void,
) {
  const [last, setReachable] = useState<number>();

  const focus = (seq: number) => {
    setReachable(seq);
    const find = () => root.current?.querySelector<HTMLElement>(`[data-seq="${seq}"]`);
    const here = find();
    if (here) return here.focus();
    const index = indexOf(seq);
    if (index !== undefined) list.current?.scrollIntoView({ index, done: () => find()?.focus() });
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'Escape' && !event.defaultPrevented) return onEscape();
    const from = event.target instanceof HTMLElement ? event.target.dataset.seq : undefined;
    const to = from === undefined ? undefined : neighbourOf(rows, Number(from), event.key);
    if (to === undefined) return;
    event.preventDefault();
    focus(to);
  };
  const latest = rows.findLast(({ kind }) => kind === 'text')?.seq;
  return { reachable: last ?? latest, setReachable, onKeyDown };
}
