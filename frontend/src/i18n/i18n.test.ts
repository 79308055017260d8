import i18next from 'i18next';
import { afterEach, expect, it } from 'vitest';
import { alsoSpeak, speak } from '@/i18n/i18n';
import { texts } from '@/testing/texts';

afterEach(() => {
  for (const locale of ['ko', 'en'] as const) {
    i18next.addResourceBundle(locale, 'safety', texts[locale].safety);
  }
});

it('texts that a page fetches come in the language that is spoken, and in the one that is chosen afterwards', async () => {
  for (const locale of ['ko', 'en']) i18next.removeResourceBundle(locale, 'safety');
  await speak('ko');
  expect(i18next.hasResourceBundle('ko', 'safety')).toBe(false);
  await alsoSpeak('safety');
  expect(i18next.t('safety:proof.password')).toBe(texts.ko.safety.proof.password);
  expect(i18next.hasResourceBundle('en', 'safety')).toBe(false);
  await speak('en');
  expect(i18next.t('safety:proof.password')).toBe(texts.en.safety.proof.password);
});
