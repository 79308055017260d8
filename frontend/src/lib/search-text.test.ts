import { expect, it } from 'vitest';
import { searchText } from '@/lib/search-text';

it.each([
  [' 국수 ', '국수'],
  [2024, '2024'],
  ['   ', undefined],
  ['', undefined],
  [null, undefined],
  [{ q: 1 }, undefined],
  ['😀'.repeat(12), '😀'.repeat(10)],
])('reads %j as %j', (value, text) => {
  expect(searchText(value, 10)).toBe(text);
});
