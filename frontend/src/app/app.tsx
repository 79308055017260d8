import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Session } from '@/api/session';
import type { AppRouter } from '@/app/router';
import { ErrorState } from '@/ui/error-state';
import { ToastProvider } from '@/ui/toast';

interface Props {
  cache: QueryClient;
  router: AppRouter;
  session: Session;
}

/** Everything, once it is known whether somebody is signed in. */
export function App({ cache, router, session }: Props) {
  const { status } = useSyncExternalStore(session.subscribe, session.state);
  return (
    <QueryClientProvider client={cache}>
      <ToastProvider>
        {status === 'unreachable' || status === 'restoring' ? (
          <Unreachable retry={() => void session.restore()} />
        ) : (
          <RouterProvider router={router} />
        )}
      </ToastProvider>
    </QueryClientProvider>
  );
}

/** The page was opened without a way to the server: who is here cannot be known yet. */
function Unreachable({ retry }: { retry: () => void }) {
  const { t } = useTranslation();
  return (
    <main className="alone">
      <ErrorState
        alone
        title={t('unreachable.title')}
        text={t('unreachable.text')}
        onRetry={retry}
      />
    </main>
  );
}
