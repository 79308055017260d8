import { useMemo, useState } from 'react';
import { indexOf, type Item } from '@/features/messages/list-items';
import type { Thread } from '@/features/messages/thread';

/**
 * The index of the first item. The row that came first when this part of the conversation was opened keeps its index for good, whatever is
 * loaded or folded above it.
 */
export function useFirstIndex({ part, rows }: Thread, items: readonly Item[]): number {
  const first = rows[0]?.seq ?? 1;
  const [anchor, setAnchor] = useState({ part, seq: first });
  const { seq } = anchor.part === part ? anchor : { seq: first };
  if (anchor.part !== part) setAnchor({ part, seq: first });
  return useMemo(() => seq - (indexOf(items, seq) ?? 0), [items, seq]);
}
