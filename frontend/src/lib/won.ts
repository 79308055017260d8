import type { Locale } from '@/lib/preferences';

/** An amount of South Korean won as people write it: "12,300원" or "₩12,300". */
export function won(amount: number, locale: Locale): string {
  // Intl writes ₩ in Korean, too; on a Korean menu the unit follows in words.
  if (locale === 'ko') return `${new Intl.NumberFormat('ko').format(amount)}원`;
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'KRW',
    currencyDisplay: 'narrowSymbol',
  }).format(amount);
}
