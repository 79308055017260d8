import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Locale } from '@/lib/preferences';
import type { en } from '@/i18n/en';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: typeof en;
  }
}

/** Starts the texts in one language; the other one is fetched when it is first asked for. */
export async function startTexts(locale: Locale): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: locale,
    resources: { [locale]: await textsOf(locale) },
    fallbackLng: false,
    defaultNS: 'common',
    interpolation: { escapeValue: false }, // React escapes.
    react: { useSuspense: false },
  });
  document.documentElement.lang = locale;
}

/** Shows everything in this language from now on. */
export async function speak(locale: Locale): Promise<void> {
  if (!i18next.hasResourceBundle(locale, 'common')) {
    for (const [namespace, texts] of Object.entries(await textsOf(locale))) {
      i18next.addResourceBundle(locale, namespace, texts);
    }
  }
  await i18next.changeLanguage(locale);
  document.documentElement.lang = locale;
}

async function textsOf(locale: Locale) {
  return locale === 'ko' ? (await import('@/i18n/ko')).ko : (await import('@/i18n/en')).en;
}
