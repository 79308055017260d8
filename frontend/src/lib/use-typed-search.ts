import { useEffect, useEffectEvent, useState } from 'react';

const CALM_MS = 250;

/**
 * The text of a search whose value lives elsewhere, as in the URL: what is typed shows at once, and is handed on, trimmed, when it has
 * stood still. A value that changes by itself, as on the way back, replaces what was typed.
 */
export function useTypedSearch(value: string, onSettled: (value: string) => void) {
  const [text, setText] = useState(value);
  const [handed, setHanded] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== handed) {
      setHanded(value);
      setText(value);
    }
  }
  const hand = useEffectEvent(onSettled);
  useEffect(() => {
    const settled = text.trim();
    if (settled === handed) return;
    const timer = setTimeout(() => {
      setHanded(settled);
      hand(settled);
    }, CALM_MS);
    return () => clearTimeout(timer);
  }, [text, handed]);
  return [text, setText] as const;
}
