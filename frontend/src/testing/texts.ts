import { en } from '@/i18n/en';
import { admin as adminEn } from '@/i18n/en/admin';
import { safety as safetyEn } from '@/i18n/en/safety';
import { ko } from '@/i18n/ko';
import { admin as adminKo } from '@/i18n/ko/admin';
import { safety as safetyKo } from '@/i18n/ko/safety';

/** All texts, also those that pages fetch later. */
export const texts = {
  en: { ...en, admin: adminEn, safety: safetyEn },
  ko: { ...ko, admin: adminKo, safety: safetyKo },
};
