import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useMedia } from '@/lib/use-media';

/** What the pane beside a group room can show. */
export const panes = ['members', 'order', 'box', 'room'] as const;
export type Pane = (typeof panes)[number];

const KEY = 'emosation.pane';

/** column = beside the conversation; over = above a part of it; full = in its place. */
export type PaneLayout = 'column' | 'over' | 'full';

/**
 * Which pane stands beside the room. The address names it; where there is room for a third column, this browser also remembers what stood
 * there last, or that nothing did.
 */
export function usePane() {
  const { pane: asked } = useSearch({ from: '/shell/rooms/$roomId' });
  const navigate = useNavigate({ from: '/rooms/$roomId' });
  const { history } = useRouter();
  const wide = useMedia('(min-width: 1024px)');
  const phone = useMedia('(max-width: 639px)');
  const [kept, setKept] = useState(keptPane);
  const pushed = useRef(false);
  const pane = asked ?? (wide ? kept : undefined);
  const layout: PaneLayout = wide ? 'column' : phone ? 'full' : 'over';

  const show = (next: Pane | undefined) => {
    if (wide) {
      keepPane(next);
      setKept(next);
    }
    if (next === undefined && pushed.current) {
      pushed.current = false;
      return history.back(); // The same as the way back of the browser or the phone.
    }
    const opens = !wide && pane === undefined;
    pushed.current ||= opens;
    void navigate({ search: (before) => ({ ...before, pane: next }), replace: !opens });
  };
  return { pane, layout, show };
}

function keptPane(): Pane | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return panes.find((one) => one === kept);
  } catch {
    return undefined; // Storage is closed to us.
  }
}

function keepPane(pane: Pane | undefined): void {
  try {
    if (pane) localStorage.setItem(KEY, pane);
    else localStorage.removeItem(KEY);
  } catch {
    // Then it is remembered as long as the room stays open.
  }
}
