import { expect, it } from 'vitest';
import { won } from '@/lib/won';

it('is written as people do in each language, without decimals', () => {
  expect(won(12_300, 'ko')).toBe('12,300원');
  expect(won(12_300, 'en')).toBe('₩12,300');
  expect(won(0, 'ko')).toBe('0원');
  expect(won(0, 'en')).toBe('₩0');
});
