import { expect, it } from 'vitest';
import { categories, distanceText } from '@/features/booking/words';
import { en } from '@/i18n/en';

it('offers every category there is', () => {
  expect([...categories].sort()).toEqual(Object.keys(en.booking.category).sort());
});

it.each([
  [4, '10m', '10 m'],
  [318, '320m', '320 m'],
  [994, '990m', '990 m'],
  [1000, '1.0km', '1.0 km'],
  [1260, '1.3km', '1.3 km'],
])('says how far %i metres are', (metres, ko, en) => {
  expect(distanceText(metres, 'ko')).toBe(ko);
  expect(distanceText(metres, 'en')).toBe(en);
});
