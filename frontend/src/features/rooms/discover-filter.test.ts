import { expect, it } from 'vitest';
import { discoverFilter, isNarrowed } from '@/features/rooms/discover-filter';

it('reads what the URL says', () => {
  const search = {
    q: ' 야식 ',
    zip: '06236',
    phase: 'CREATED',
    hasSeat: true,
    withoutPassword: true,
    page: 3,
  };
  expect(discoverFilter(search)).toEqual({ ...search, q: '야식' });
});

it.each([
  [{ q: 1004 }, { q: '1004' }], // a search for a number, which the router read as one
  [{ zip: 90101 }, { zip: '90101' }],
  [{ zip: 'moon' }, {}],
  [{ q: '   ' }, {}],
  [{ q: '🍜'.repeat(61) }, { q: '🍜'.repeat(60) }],
  [{ phase: 'EATEN' }, {}],
  [{ hasSeat: false }, {}],
  [{ page: 1 }, {}],
  [{ page: 'x' }, {}],
  [{ page: 10_001 }, {}],
])('makes of %j only what makes sense', (search, filter) => {
  const found = Object.entries(discoverFilter(search)).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(found)).toEqual(filter);
});

it('does not count the page as narrowing', () => {
  expect(isNarrowed({ page: 3 })).toBe(false);
  expect(isNarrowed({ hasSeat: true })).toBe(true);
});
