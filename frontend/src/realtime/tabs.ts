import { newClientId } from '@/realtime/client-id';

/** Who this tab is, and which other tabs are still there. */
export interface Tab {
  readonly id: string;
  /** Runs the work only if that tab is gone, and while no other tab does the same. */
  ifGone: (tab: string, work: () => void) => Promise<void>;
  /** This tab is gone from now on. */
  leave: () => void;
}

const name = (tab: string) => `emosation.tab.${tab}`;

/**
 * Announces this tab by holding a lock as long as the page lives: the browser lets go of it however the page ends.
 * Outside secure contexts there are no locks; then every tab takes every other for gone, and the client ids see
 * to it that a message which two tabs send is still one.
 */
export function joinTabs(locks: LockManager | undefined): Tab {
  const id = newClientId();
  if (!locks) {
    return {
      id,
      ifGone: async (_tab, work) => work(),
      leave: () => undefined,
    };
  }
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  void locks.request(name(id), () => left);
  return {
    id,
    ifGone: (tab, work) =>
      locks.request(name(tab), { ifAvailable: true }, (lock) => {
        if (lock) work();
      }),
    leave,
  };
}
