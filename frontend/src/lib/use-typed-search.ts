import { useEffect, useEffectEvent, useState } from 'react';

const CALM_MS = 250;
/** So long a syllable that is still being composed has to stand still: its writer may be done, or look for the next key. */
const COMPOSING_MS = 500;

/**
 * The text of a search whose value lives elsewhere, as in the URL: what is typed shows at once, and is handed on, trimmed, when it has
 * stood still. A value that changes by itself, as on the way back, replaces what was typed.
 *
 * While a syllable is composed, the letters that are no syllable yet are left out: nobody looks for "국ㅅ" on the way to "국수". What was
 * handed on is not handed on again when the composing ends.
 */
export function useTypedSearch(value: string, onSettled: (value: string) => void) {
  const [text, setText] = useState(value);
  const [handed, setHanded] = useState(value);
  const [seen, setSeen] = useState(value);
  const [composing, setComposing] = useState(false);
  if (value !== seen) {
    setSeen(value);
    if (value !== handed) {
      setHanded(value);
      setText(value);
    }
  }
  const settled = (composing ? text.replace(/[\u3131-\u3163]$/, '') : text).trim();
  const hand = useEffectEvent(() => {
    if (settled === handed) return;
    setHanded(settled);
    onSettled(settled);
  });
  useEffect(() => {
    if (settled === handed) return;
    const timer = setTimeout(hand, composing ? COMPOSING_MS : CALM_MS);
    return () => clearTimeout(timer);
  }, [settled, handed, composing]);

  return {
    text,
    setText,
    /** Hands on what was typed without waiting; tells whether that was news. */
    settle: () => {
      if (settled === handed) return false;
      setHanded(settled);
      onSettled(settled);
      return true;
    },
    /** For the field: when composing begins and ends. */
    composition: {
      onCompositionStart: () => setComposing(true),
      onCompositionEnd: () => setComposing(false),
    },
  };
}
