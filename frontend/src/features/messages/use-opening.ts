import { useEffect, useRef, type RefObject } from 'react';

/** So long a list may take to find its place, in milliseconds. */
const PATIENCE = 3000;
/** What somebody does who scrolls, or is about to. */
const touches = ['wheel', 'touchmove', 'pointerdown', 'keydown', 'focusin'] as const;

/** Tells whether this part of the conversation has only just opened, and nobody has begun to look around in it. */
export function useOpening(root: RefObject<HTMLElement | null>, part: number): () => boolean {
  const until = useRef(0);
  useEffect(() => {
    const list = root.current;
    const over = () => {
      until.current = 0;
    };
    until.current = Date.now() + PATIENCE;
    for (const touch of touches) list?.addEventListener(touch, over, { passive: true });
    return () => {
      for (const touch of touches) list?.removeEventListener(touch, over);
    };
  }, [root, part]);
  return () => Date.now() < until.current;
}
