import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { problemText } from '@/api/problem-text';
import { cachedThread, reveal, revealEnd } from '@/features/messages/queries';
import { find } from '@/features/messages/thread';
import { useToast } from '@/ui/toast';

/** A place in the conversation that should be seen. */
export interface Spot {
  seq: number;
  /** Counts the jumps; the place where the conversation opened is 0. */
  jump: number;
  /** Light it up once, so that the eye finds it. */
  flash: boolean;
}

/** How long a message that was jumped to stays lit, in milliseconds. */
const FLASH_FOR = 1600;

/** The seq that is lit up now. */
export function useFlash(spot: Spot | undefined): number | undefined {
  const [over, setOver] = useState(-1);
  useEffect(() => {
    if (!spot?.flash) return;
    const timer = setTimeout(() => setOver(spot.jump), FLASH_FOR);
    return () => clearTimeout(timer);
  }, [spot]);
  return spot?.flash && spot.jump !== over ? spot.seq : undefined;
}

/** Where the conversation stands: it opens at `start`, and goes on to `at` whenever that changes or is chosen once more. */
export function useSpot(
  roomId: number,
  start: number | undefined,
  at: number | undefined,
  chosen: number | undefined,
) {
  const cache = useQueryClient();
  const say = useToast();
  const [spot, setSpot] = useState<Spot | undefined>(
    start === undefined ? undefined : { seq: start, jump: 0, flash: start === at },
  );
  const go = useCallback(
    async (seq: number | undefined, flash: boolean) => {
      try {
        const found = seq === undefined ? await revealEnd(cache, roomId) : seq;
        if (seq !== undefined) await reveal(cache, roomId, seq);
        if (found === undefined) return;
        setSpot((before) => ({ seq: found, jump: (before?.jump ?? 0) + 1, flash }));
      } catch (error) {
        say(problemText(error));
      }
    },
    [cache, roomId, say],
  );
  const jump = useCallback((seq: number) => void go(seq, true), [go]);
  const toEnd = useCallback(() => void go(undefined, false), [go]);

  const last = useRef<{ at: number | undefined; chosen: number | undefined }>(undefined);
  useEffect(() => {
    const before = last.current;
    last.current = { at, chosen };
    if (at === undefined) return;
    // A part that was shown before may be another one; what is not here at all is fetched around this place.
    const rows = cachedThread(cache, roomId)?.rows;
    const elsewhere = before === undefined && rows !== undefined && !find(rows, at);
    const again = chosen !== undefined && chosen !== before?.chosen;
    if (elsewhere || (before !== undefined && (at !== before.at || again))) jump(at);
  }, [cache, roomId, at, chosen, jump]);

  return { spot, jump, toEnd };
}
