import { en } from '@/i18n/en';
import { admin as adminEn } from '@/i18n/en/admin';
import { order as orderEn } from '@/i18n/en/order';
import { safety as safetyEn } from '@/i18n/en/safety';
import { ko } from '@/i18n/ko';
import { admin as adminKo } from '@/i18n/ko/admin';
import { order as orderKo } from '@/i18n/ko/order';
import { safety as safetyKo } from '@/i18n/ko/safety';

/** All texts, also those that pages fetch later. */
export const texts = {
  en: { ...en, admin: adminEn, order: orderEn, safety: safetyEn },
  ko: { ...ko, admin: adminKo, order: orderKo, safety: safetyKo },
};
