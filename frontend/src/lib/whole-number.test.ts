import { expect, it } from 'vitest';
import { wholeNumber } from '@/lib/whole-number';

it.each([
  ['12', 12],
  [' 7 ', 7],
  ['007', 7],
  ['', undefined],
  ['1.5', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['99999999999', undefined],
])('reads %j', (text, number) => {
  expect(wholeNumber(text)).toBe(number);
});
