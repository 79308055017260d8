import { describe, expect, it } from 'vitest';
import { indexOf, itemsOf, type Item } from '@/features/messages/list-items';
import { threadOf } from '@/features/messages/thread';
import { aLine, aMessage, aPage } from '@/testing/messages';

const joined = (seq: number, change = {}) => aLine(seq, { code: 'joined', user: seq }, change);
const left = (seq: number) => aLine(seq, { code: 'left', user: seq });
const items = (rows: ReturnType<typeof aMessage>[], firstUnread?: number) =>
  itemsOf(threadOf(aPage(rows), false), [], firstUnread);
/** The seqs of what the list shows, those of a fold in one string. */
const shape = (list: readonly Item[]) =>
  list.map((item) =>
    'lines' in item ? item.lines.map(({ seq }) => seq).join('+') : 'seq' in item ? item.seq : '?',
  );

describe('coming and going', () => {
  it('is folded when three or more lines of it follow each other', () => {
    const rows = [joined(1), joined(2), aMessage(3), joined(4), left(5), joined(6), aMessage(7)];
    expect(shape(items(rows))).toEqual([1, 2, 3, '4+5+6', 7]);
  });

  it('is not folded with other lines, nor over midnight', () => {
    const host = aLine(3, { code: 'host', user: 2 });
    expect(shape(items([joined(1), left(2), host, joined(4)]))).toEqual([1, 2, 3, 4]);
    const tomorrow = { sentAt: new Date(Date.UTC(2026, 10, 23, 3)).toISOString() };
    expect(shape(items([joined(1), joined(2), joined(3, tomorrow)]))).toEqual([1, 2, 3]);
  });

  it('begins anew where the unread messages begin', () => {
    const rows = [1, 2, 3, 4, 5, 6].map((seq) => joined(seq));
    expect(shape(items(rows, 4))).toEqual(['1+2+3', '4+5+6']);
  });

  it('costs nothing where there is none', () => {
    const thread = threadOf(aPage([aMessage(1), aMessage(2)]), false);
    expect(itemsOf(thread, [], undefined)).toBe(thread.rows);
  });
});

it('finds a row where it is shown, also inside of a fold', () => {
  const list = items([aMessage(3), joined(4), left(5), joined(6), aMessage(7)]);
  expect([3, 4, 5, 6, 7].map((seq) => indexOf(list, seq))).toEqual([0, 1, 1, 1, 2]);
  expect([2, 8].map((seq) => indexOf(list, seq))).toEqual([undefined, undefined]);
});
