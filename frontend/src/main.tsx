import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { session } from '@/api/client';
import { App } from '@/app/app';
import { createQueryClient } from '@/app/query-client';
import { createAppRouter } from '@/app/router';
import { syncSession } from '@/app/session-sync';
import { speak, startTexts } from '@/i18n/i18n';
import { onPreferences, preferences } from '@/lib/preferences';
import '@/styles/tokens.css';
import '@/styles/reset.css';

const cache = createQueryClient();
const router = createAppRouter({ cache, session });

await Promise.all([startTexts(preferences().locale), session.restore()]);
onPreferences(() => void speak(preferences().locale));
syncSession(session, cache, () => void router.invalidate());
await speak(preferences().locale); // The account may speak another language than this browser did last.

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App cache={cache} router={router} session={session} />
  </StrictMode>,
);

// The font's table of slices is no reason to wait; text stands in the system's font until it is here.
await import('@/styles/font.css');
