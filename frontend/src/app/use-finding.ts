import { useNavigate, useSearch } from '@tanstack/react-router';
import type { Finding } from '@/features/search/finding';
import { useMedia } from '@/lib/use-media';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** When somebody asked for the field of the search, which then takes the focus. */
    asked?: number;
    /** When somebody chose a message that was found. */
    found?: number;
  }
}

/** What is looked for in the chats, and how to look for something else. It stands in the address of the list and of the open chat alike. */
export function useFinding() {
  const { q, within }: Finding = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = (to: Finding) =>
    void navigate({
      to: '.',
      search: (before) => ({ ...before, ...to }),
      // The way back leads to the list as it was, not to every word in between.
      replace: q !== undefined || within !== undefined || to.q === undefined,
    });
  return { q, within, change };
}

/** Begins a search with an empty field: within a room, or in all chats. A phone shows it in place of what one sees. */
export function useAskSearch() {
  const navigate = useNavigate();
  const phone = useMedia('(max-width: 639px)');
  return (within?: number) => {
    const search = { q: undefined, within };
    const state = { asked: Date.now() };
    if (within === undefined || phone) void navigate({ to: '/chats', search, state });
    else void navigate({ to: '/rooms/$roomId', params: { roomId: within }, search, state });
  };
}
