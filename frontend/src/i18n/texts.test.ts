import { describe, expect, it } from 'vitest';
import { texts as all } from '@/testing/texts';

const { en, ko } = all;

/** Every text by its path; plural forms are one key, because Korean has one and English two. */
function texts(tree: object, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
    const here = `${path}.${key}`;
    if (typeof value === 'object' && value !== null) return texts(value, here);
    return [[here.replace(/_(zero|one|two|few|many|other)$/, ''), String(value)]];
  });
}

function keys(tree: object): string[] {
  return [...new Set(texts(tree).map(([key]) => key))].sort();
}

function placeholders(text: string): string[] {
  return [...new Set(text.match(/\{\{\s*\w+/g) ?? [])].sort();
}

describe('the texts of the two languages', () => {
  it('have the same keys', () => {
    expect(keys(ko)).toEqual(keys(en));
  });

  it('are never empty', () => {
    for (const [key, text] of [...texts(ko), ...texts(en)]) expect(text.trim(), key).not.toBe('');
  });

  it('use the same placeholders', () => {
    const english = new Map(texts(en)); // the last plural form is "other"
    for (const [key, text] of texts(ko)) {
      expect(placeholders(text), key).toEqual(placeholders(english.get(key) ?? ''));
    }
  });

  it('are Korean in Korean', () => {
    const foreign = texts(ko).filter(
      ([key, text]) =>
        !/[가-힣]/.test(text) && !['.common.brand', '.common.speak.en'].includes(key),
    );
    expect(foreign.map(([key, text]) => `${key}: ${text}`)).toEqual([]);
  });
});
