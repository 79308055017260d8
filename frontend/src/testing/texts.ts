import { en } from '@/i18n/en';
import { safety as safetyEn } from '@/i18n/en/safety';
import { ko } from '@/i18n/ko';
import { safety as safetyKo } from '@/i18n/ko/safety';

/** All texts, also those that pages fetch later. */
export const texts = {
  en: { ...en, safety: safetyEn },
  ko: { ...ko, safety: safetyKo },
};
