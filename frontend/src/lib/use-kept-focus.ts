import { useEffect, type RefObject } from 'react';

const controls = 'button:not(:disabled), a[href], input:not(:disabled), select:not(:disabled)';

/**
 * Somebody who uses the keyboard acts on a row, and the row goes: what had the focus is not there any more, and the next
 * Tab would begin at the top of the page. So the focus goes to the same place of the row that has moved up or, if there is none, to `otherwise`.
 */
export function useKeptFocus(
  frame: RefObject<HTMLElement | null>,
  otherwise: RefObject<HTMLElement | null>,
): void {
  useEffect(() => {
    const root = frame.current;
    if (!root) return;
    let last: { element: HTMLElement; row: number; place: number } | undefined;
    const note = ({ target }: FocusEvent) => {
      if (!(target instanceof HTMLElement)) return;
      const row = rowsOf(root).findIndex((one) => one.contains(target));
      last = { element: target, row, place: placesOf(rowsOf(root)[row]).indexOf(target) };
    };
    const observer = new MutationObserver(() => {
      if (!last || last.element.isConnected) return;
      const { row, place } = last;
      last = undefined;
      if (document.activeElement !== document.body) return;
      const rows = rowsOf(root);
      const places = placesOf(rows[Math.min(row, rows.length - 1)]);
      const next = places[Math.min(place, places.length - 1)] ?? otherwise.current;
      next?.focus({ preventScroll: true });
    });
    root.addEventListener('focusin', note);
    observer.observe(root, { childList: true, subtree: true });
    return () => {
      root.removeEventListener('focusin', note);
      observer.disconnect();
    };
  }, [frame, otherwise]);
}

/** The rows in which something can be done. */
function rowsOf(root: Element): Element[] {
  return [...root.querySelectorAll('li, tr')].filter((row) => row.querySelector(controls));
}

function placesOf(row: Element | undefined): HTMLElement[] {
  return row ? [...row.querySelectorAll<HTMLElement>(controls)] : [];
}
