import type { QueryClient } from '@tanstack/react-query';
import { meQuery } from '@/features/account/queries';

const me = String(meQuery.queryKey);

/** Throws away what the server said, all but who I am, which is asked for again, and asks anew for what is on the screen. */
export function forgetAll(cache: QueryClient): void {
  void cache.resetQueries({ predicate: ({ queryKey }) => String(queryKey) !== me });
  void cache.invalidateQueries({ queryKey: meQuery.queryKey });
}
