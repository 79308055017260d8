import { QueryClient } from '@tanstack/react-query';
import { Problem } from '@/api/problem';

/** The cache of what the server said. Socket frames keep it fresh, so it rarely asks again by itself. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        // Without a network a call fails at once and its page says so, instead of waiting behind a skeleton.
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && worthRetrying(error),
        retryDelay: (failures) => Math.random() * 500 * 2 ** failures,
      },
      mutations: { networkMode: 'always' },
    },
  });
}

function worthRetrying(error: Error): boolean {
  return (
    error instanceof Problem && (error.status >= 500 || error.status === 0) && navigator.onLine
  );
}
