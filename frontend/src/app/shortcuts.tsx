import { useQueryClient } from '@tanstack/react-query';
import { useMatchRoute, useNavigate } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from '@/app/shortcuts.module.css';
import { useAskSearch } from '@/app/use-finding';
import { byActivity, roomsQuery } from '@/features/rooms/queries';
import { neighbour } from '@/lib/neighbour';
import { deviceOf } from '@/lib/user-agent';
import { Dialog } from '@/ui/dialog';

// What the key beside the space bar is called.
const control = deviceOf(navigator.userAgent).system === 'macOS' ? '⌘' : 'Ctrl';

const list = [
  { keys: ['/'], does: 'search' },
  { keys: [control, 'K'], does: 'searchAll' },
  { keys: [control, 'F'], does: 'searchHere' },
  { keys: ['Alt', '↓'], does: 'next' },
  { keys: ['Alt', '↑'], does: 'previous' },
  { keys: ['↑'], does: 'editLast' },
  { keys: ['Esc'], does: 'close' },
  { keys: ['?'], does: 'list' },
] as const;

/** Listens for the keys that work on every page, and shows what they are. */
export function Shortcuts() {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  const goTo = useNeighbourRoom();
  const searchFor = useSearchKeys();

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) return searchFor(event);
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      goTo(event.key === 'ArrowDown' ? 1 : -1);
      return;
    }
    if (event.altKey || isTyping(event.target)) return;
    if (event.key === '/') {
      const search = document.querySelector<HTMLElement>('#pane input[type=search]');
      if (!search) return;
      event.preventDefault();
      search.focus();
    } else if (event.key === '?') {
      event.preventDefault();
      setShown(true);
    }
  });
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  if (!shown) return null;
  return (
    <Dialog title={t('shortcuts.title')} onClose={() => setShown(false)}>
      <dl className={styles.list}>
        {list.map(({ keys, does }) => (
          <div key={does} className={styles.row}>
            <dt>{t(`shortcuts.${does}`)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key} className={styles.key}>
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** Goes to the room one step down (1) or up (-1) in the list of chats. */
function useNeighbourRoom() {
  const cache = useQueryClient();
  const matchRoute = useMatchRoute();
  const navigate = useNavigate();
  return (step: 1 | -1) => {
    const ids = byActivity(cache.getQueryData(roomsQuery.queryKey) ?? []).map(({ id }) => id);
    // Where we are going counts, not where we still are: the key may be pressed again while a room opens.
    const here = matchRoute({ to: '/rooms/$roomId', pending: true });
    const next = neighbour(ids, here ? Number(here.roomId) : undefined, step);
    if (next === undefined) return;
    void navigate({ to: '/rooms/$roomId', params: { roomId: next } });
  };
}

/** Searches all chats, or the open one. Pressed once more in the field, a key is the browser's own again. */
function useSearchKeys() {
  const matchRoute = useMatchRoute();
  const ask = useAskSearch();
  return (event: KeyboardEvent) => {
    if (event.altKey || event.shiftKey || (event.ctrlKey && event.metaKey)) return;
    if (document.querySelector('dialog[open]')) return;
    const here = matchRoute({ to: '/rooms/$roomId' });
    const within = event.code === 'KeyF' && here ? Number(here.roomId) : undefined;
    if (event.code !== 'KeyK' && within === undefined) return;
    if (event.target instanceof HTMLElement && event.target.matches('#pane input')) return;
    event.preventDefault();
    ask(within);
  };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
  );
}
