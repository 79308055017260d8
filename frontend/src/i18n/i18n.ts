import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Locale } from '@/lib/preferences';
import type { en } from '@/i18n/en';
import type { admin } from '@/i18n/en/admin';
import type { order } from '@/i18n/en/order';
import type { safety } from '@/i18n/en/safety';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: typeof en & Later;
  }
}

/** Texts of pages that few people open; those fetch them. */
interface Later {
  admin: typeof admin;
  order: typeof order;
  safety: typeof safety;
}

const later = {
  admin: {
    ko: async () => (await import('@/i18n/ko/admin')).admin,
    en: async () => (await import('@/i18n/en/admin')).admin,
  },
  order: {
    ko: async () => (await import('@/i18n/ko/order')).order,
    en: async () => (await import('@/i18n/en/order')).order,
  },
  safety: {
    ko: async () => (await import('@/i18n/ko/safety')).safety,
    en: async () => (await import('@/i18n/en/safety')).safety,
  },
} satisfies { [Name in keyof Later]: Record<Locale, () => Promise<object>> };

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
  const before = i18next.language;
  for (const name of names) {
    if (i18next.hasResourceBundle(before, name)) await fetchTexts(name, locale);
  }
  await i18next.changeLanguage(locale);
  document.documentElement.lang = locale;
}

const names = Object.keys(later) as (keyof Later)[];

/** Fetches texts that are no part of the first load, once; a language that is chosen later brings them along. */
export async function alsoSpeak(...wanted: (keyof Later)[]): Promise<void> {
  const locale = i18next.language === 'ko' ? 'ko' : 'en';
  await Promise.all(wanted.map((name) => fetchTexts(name, locale)));
}

async function fetchTexts(name: keyof Later, locale: Locale): Promise<void> {
  if (i18next.hasResourceBundle(locale, name)) return;
  i18next.addResourceBundle(locale, name, await later[name][locale]());
}

async function textsOf(locale: Locale) {
  return locale === 'ko' ? (await import('@/i18n/ko')).ko : (await import('@/i18n/en')).en;
}
