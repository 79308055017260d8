import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { distanceText } from '@/features/booking/words';
import { usePreferences } from '@/lib/use-preferences';
import { won } from '@/lib/won';

/** What one wants to know of a store before choosing it: what it sells and costs, and how far it is. */
export function useStoreFacts() {
  const { t } = useTranslation('booking');
  const { locale } = usePreferences();
  return ({ category, distance, minOrder, deliveryFee }: Schema<'Store'>) => {
    const fee =
      deliveryFee === 0
        ? t('store.freeDelivery')
        : t('store.fee', { amount: won(deliveryFee, locale) });
    const minimum = minOrder > 0 && t('store.minimum', { amount: won(minOrder, locale) });
    return {
      text: [t(`category.${category}`), minimum, fee].filter(Boolean).join(' · '),
      note: distance === null ? undefined : distanceText(distance, locale),
    };
  };
}
