import { useEffect, useEffectEvent, type RefObject } from 'react';

/** Keeps the end of the list in view, if it is there, when the composer or a bar takes room from the list. */
export function useStayAtEnd(
  root: RefObject<HTMLElement | null>,
  part: number,
  atEnd: boolean,
): void {
  const stay = useEffectEvent((scroller: Element) => {
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  });
  useEffect(() => {
    const scroller = root.current?.querySelector('[data-virtuoso-scroller]');
    if (!scroller) return;
    const observer = new ResizeObserver(() => stay(scroller));
    observer.observe(scroller);
    return () => observer.disconnect();
  }, [root, part]); // Another part of the conversation is another list.
}
