import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { session } from '@/api/client';
import { GoneRoomsContext } from '@/app/gone-rooms';
import { LiveHost } from '@/app/live-host';
import { useMe } from '@/features/account/queries';
import { messageKeys } from '@/features/messages/queries';
import { prefer } from '@/lib/preferences';
import { LiveContext } from '@/realtime/use-live';

/** Keeps the live connection of the signed-in user for everything inside. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const cache = useQueryClient();
  const { id, showReadings, locale } = useMe();
  const host = useMemo(() => new LiveHost(cache, session, id), [cache, id]);
  const live = useSyncExternalStore(host.subscribe, host.current);
  const times = useSyncExternalStore(host.subscribe, host.times);

  // Readings come with the messages, in their reader's language and only when wished for.
  useEffect(() => {
    void cache.resetQueries({ queryKey: messageKeys.threads });
  }, [cache, showReadings, locale]);

  // The account may be told another language on another device.
  useEffect(() => prefer({ locale }), [locale]);

  return (
    live && (
      <GoneRoomsContext key={times} value={host.gone}>
        <LiveContext value={live}>{children}</LiveContext>
      </GoneRoomsContext>
    )
  );
}
