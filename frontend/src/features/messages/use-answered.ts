import { useState } from 'react';
import type { Spot } from '@/features/messages/use-spot';
import type { Outgoing } from '@/realtime/outbox';

/** Whether I have written something since the conversation came to this spot: then it is my words that should be seen. */
export function useAnswered(outgoing: readonly Outgoing[], spot: Spot | undefined): boolean {
  const last = outgoing.at(-1)?.clientId;
  const [sent, setSent] = useState(last);
  const [at, setAt] = useState<Spot>();
  if (last !== sent) {
    setSent(last);
    if (last !== undefined) setAt(spot);
  }
  return spot !== undefined && at === spot;
}
