import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { session } from '@/api/client';
import { answer, refuse, server } from '@/testing/server';
import { texts } from '@/testing/texts';

await i18next.use(initReactI18next).init({
  lng: 'en',
  resources: texts,
  fallbackLng: false,
  defaultNS: 'common',
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
});

// A busy machine is no reason to fail; what never comes still fails.
configure({ asyncUtilTimeout: 5000 });

// jsdom has no window of any size: no question about it is answered with yes.
window.matchMedia ??= (media) =>
  Object.assign(new EventTarget(), {
    ...{ media, matches: false, onchange: null },
    addListener: () => undefined,
    removeListener: () => undefined,
  });

// jsdom knows <dialog> but cannot open it.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => i18next.changeLanguage('en'));
// Unless a test says otherwise, nothing was announced, the server reads messages by itself, and nobody asks how a draft may read.
beforeEach(() => {
  answer('get', '/announcements', { items: [], next: null, unread: 0 });
  answer('get', '/emotion', { mode: 'embedded', model: '1', host: null });
  refuse('post', '/emotion/preview', { status: 409, code: 'emotion.off' });
});
afterEach(() => {
  cleanup();
  session.signOut();
  server.resetHandlers();
  localStorage.clear();
});
afterAll(() => server.close());
