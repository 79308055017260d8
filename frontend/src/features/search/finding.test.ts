import { expect, it } from 'vitest';
import { findingOf } from '@/features/search/finding';

it.each([
  [{}, {}],
  [{ q: ' 국수 ' }, { q: '국수' }],
  [
    { q: 2024, within: '12' },
    { q: '2024', within: 12 },
  ],
  [{ q: '', within: 0 }, {}],
  [{ within: 'x' }, {}],
  [{ within: 1.5 }, {}],
  [{ q: '가'.repeat(101) }, { q: '가'.repeat(100) }],
])('reads %j as %j', (search, finding) => {
  expect(findingOf(search)).toEqual(finding);
});
