import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { indexOf, itemsOf } from '@/features/messages/list-items';
import { movedTo, threadOf, withOlder, type Thread } from '@/features/messages/thread';
import { useFirstIndex } from '@/features/messages/use-first-index';
import { aLine, aMessage, aPage } from '@/testing/messages';

/** Where the row with this seq stands in the list, counted as the list counts. */
function place(thread: Thread, first: number, seq: number) {
  return first + (indexOf(itemsOf(thread, [], undefined), seq) ?? NaN);
}

it('keeps what is shown in its place when older rows come in, folded or not', () => {
  let thread = threadOf(aPage([aMessage(21), aMessage(22), aMessage(23)], { lastSeq: 23 }), false);
  const { result, rerender } = renderHook(
    ({ now }: { now: Thread }) => useFirstIndex(now, itemsOf(now, [], undefined)),
    { initialProps: { now: thread } },
  );
  const before = place(thread, result.current, 22);
  const folds = [12, 13, 14, 15].map((seq) => aLine(seq, { code: 'joined', user: seq }));
  const older = [aMessage(11), ...folds, ...[16, 17, 18, 19, 20].map((seq) => aMessage(seq))];
  thread = withOlder(thread, aPage(older, { hasMore: true }));
  rerender({ now: thread });
  expect(place(thread, result.current, 22)).toBe(before);
  expect(place(thread, result.current, 11)).toBe(result.current);
  expect(place(thread, result.current, 13)).toBe(result.current + 1);

  // Another part of the conversation begins anew.
  thread = movedTo(thread, aPage([aMessage(3), aMessage(4)], { lastSeq: 23 }), false);
  rerender({ now: thread });
  expect(result.current).toBe(3);
});
