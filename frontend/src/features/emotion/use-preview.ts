import { useEffect, useRef, useState } from 'react';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { fetchPreview } from '@/features/emotion/queries';

/** So long somebody stops writing before the draft is read, in milliseconds. */
export const CALM = 700;
/** After an answer that promises no better one soon, nothing is asked for so long. */
const REST = 60_000;

type Preview = Schema<'Preview'>;

/**
 * How this text may read, once the writer pauses; nothing while it changes, and nothing when it cannot be known. It is asked for at most
 * once a text; whoever is told to wait, or that readings are off, asks no more for a while. Nothing is asked while `allowed` is false.
 */
export function usePreview(roomId: number, text: string, allowed: boolean): Preview | undefined {
  const [seen, setSeen] = useState<{ text: string; preview: Preview }>();
  const restUntil = useRef(0);
  useEffect(() => {
    restUntil.current = 0; // Whoever allows it anew may ask at once.
  }, [roomId, allowed]);
  useEffect(() => {
    if (!allowed || text === '') return;
    const control = new AbortController();
    const ask = async () => {
      if (!navigator.onLine || Date.now() < restUntil.current) return;
      try {
        const preview = await fetchPreview(roomId, text, control.signal);
        if (!control.signal.aborted) setSeen({ text, preview });
      } catch (error) {
        if (!control.signal.aborted) restUntil.current = Date.now() + restOf(error);
      }
    };
    const timer = setTimeout(() => void ask(), CALM);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [roomId, text, allowed]);
  return allowed && seen?.text === text ? seen.preview : undefined;
}

/** How long nothing is asked after a refusal, in milliseconds. */
function restOf(error: unknown): number {
  const wait = error instanceof Problem ? error.retryAfter : undefined;
  return Math.max(REST, (wait ?? 0) * 1000);
}
