import { describe, expect, it } from 'vitest';
import { countCodePoints, excerptAround, markedParts } from '@/lib/code-points';

/** The parts with the marked ones in brackets. */
function shown(text: string, ...spans: [number, number][]): string {
  const parts = markedParts(
    text,
    spans.map(([start, end]) => ({ start, end })),
  );
  return parts.map((part) => (part.marked ? `[${part.text}]` : part.text)).join('');
}

const family = '👨‍👩‍👧'; // Five code points: three people and two joiners.

describe('code points', () => {
  it.each([
    ['한글', 2],
    ['👍🏽', 2],
    [family, 5],
    ['e\u0301', 2],
    ['', 0],
  ])('of %j are %i', (text, count) => {
    expect(countCodePoints(text)).toBe(count);
  });
});

describe('marked parts', () => {
  it('lie where the spans lie in Hangul', () => {
    expect(shown('오늘 정말 고마웠어 ㅠㅠ', [6, 10])).toBe('오늘 정말 [고마웠어] ㅠㅠ');
  });

  it('are not moved by emoji before them', () => {
    expect(shown('😀😀 고마워', [3, 6])).toBe('😀😀 [고마워]');
    expect(shown(`${family} thanks`, [6, 12])).toBe(`${family} [thanks]`);
  });

  it('never cut through what is seen as one character', () => {
    expect(shown(`so ${family}!`, [3, 4])).toBe(`so [${family}]!`);
    expect(shown('ok 👍🏽', [4, 5])).toBe('ok [👍🏽]');
    expect(shown('cafe\u0301 x', [0, 4])).toBe('[cafe\u0301] x');
  });

  it('may overlap, touch and come in any order', () => {
    expect(shown('abcdef', [4, 5], [0, 2], [1, 3])).toBe('[abc]d[e]f');
  });

  it('end with the text, whatever a span says', () => {
    expect(shown('abc', [1, 99])).toBe('a[bc]');
    expect(shown('abc', [7, 9])).toBe('abc');
  });

  it('are the text itself without spans', () => {
    expect(markedParts('abc', [])).toEqual([{ text: 'abc', marked: false }]);
    expect(markedParts('', [])).toEqual([]);
  });

  it('keep all of the text', () => {
    const text = `가\r\n나 ${family} e\u0301 🇰🇷🇰🇷`;
    const all = markedParts(text, [
      { start: 1, end: 3 },
      { start: 5, end: 9 },
    ]);
    expect(all.map((part) => part.text).join('')).toBe(text);
  });
});

describe('an excerpt', () => {
  const around = (text: string, most: number, ...spans: [number, number][]) =>
    excerptAround(
      text,
      spans.map(([start, end]) => ({ start, end })),
      most,
    )
      .map((part) => (part.marked ? `[${part.text}]` : part.text))
      .join('');

  it('is all of a short text, on one line', () => {
    expect(around('오늘\n국수   먹자', 40, [3, 5])).toBe('오늘 [국수] 먹자');
  });

  it('has the first mark in it, and says where something is missing', () => {
    const text = `${'a'.repeat(100)} noodles ${'b'.repeat(100)}`;
    expect(around(text, 30, [101, 108])).toBe(`…${'a'.repeat(9)} [noodles] ${'b'.repeat(12)}…`);
  });

  it('ends with the text when the mark is near its end', () => {
    expect(around(`${'a'.repeat(100)} noodles`, 30, [101, 108])).toBe(
      `…${'a'.repeat(9)} [noodles]`,
    );
  });

  it('never cuts through what is seen as one character', () => {
    expect(around(`${family.repeat(30)}국수`, 4, [150, 152])).toBe(`…${family}[국수]`);
  });

  it('is the beginning when nothing is marked', () => {
    expect(around('abcdef', 3)).toBe('abc…');
  });
});
