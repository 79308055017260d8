import { useSyncExternalStore } from 'react';

/**
 * How much of the page the on-screen keyboard covers, in pixels. Browsers that shrink the page instead (index.html asks them to) give 0.
 */
export function useKeyboardInset(): number {
  return useSyncExternalStore(subscribe, inset);
}

function inset(): number {
  const view = window.visualViewport;
  // Zooming in shrinks the visual viewport as well; that is no keyboard.
  if (!view || view.scale > 1) return 0;
  return Math.max(0, Math.round(window.innerHeight - view.height - view.offsetTop));
}

function subscribe(listener: () => void): () => void {
  const view = window.visualViewport;
  view?.addEventListener('resize', listener);
  view?.addEventListener('scroll', listener);
  return () => {
    view?.removeEventListener('resize', listener);
    view?.removeEventListener('scroll', listener);
  };
}
