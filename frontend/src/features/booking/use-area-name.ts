import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { areasQuery } from '@/features/booking/queries';

/** What the neighbourhood of a zip code is called, and where it lies; the code itself until that is known. */
export function useAreaName(zip: string): { name: string; where: string } {
  const { t } = useTranslation('booking');
  const { data: [area] = [] } = useQuery(areasQuery(zip));
  if (!area) return { name: t('area.unknown', { zip }), where: '' };
  return { name: area.neighbourhood, where: `${area.province} ${area.district}` };
}
