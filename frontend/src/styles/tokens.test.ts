import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');

/** The light and the dark value of a token, as sRGB triples. */
function token(name: string): { light: number[]; dark: number[] } {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  if (!found?.[1] || !found[2]) throw new Error(`no token --${name}`);
  return { light: channels(found[1]), dark: channels(found[2]) };
}

function channels(hex: string): number[] {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function mix(a: number[], share: number, b: number[]): number[] {
  return a.map((value, i) => value * share + (b[i] ?? 0) * (1 - share));
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(rgb: number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const c = value / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: number[], b: number[]): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const themes = ['light', 'dark'] as const;
const emotions = ['joy', 'sadness', 'anger', 'fear', 'disgust', 'surprise', 'neutral'];

describe.each(themes)('in the %s theme', (theme) => {
  const grounds = ['page', 'surface', 'raised', 'sunken', 'hover'];

  it.each(['ink', 'ink-soft', 'accent', 'danger'])('%s is readable on every ground', (name) => {
    for (const ground of grounds) {
      expect(contrast(token(name)[theme], token(ground)[theme]), ground).toBeGreaterThanOrEqual(
        4.5,
      );
    }
  });

  it.each(emotions)('the ink of %s is readable where chips stand', (label) => {
    const ink = token(`emotion-${label}`)[theme];
    const own = mix(token('accent')[theme], 0.12, token('surface')[theme]);
    for (const ground of [
      token('surface')[theme],
      token('page')[theme],
      token('sunken')[theme],
      own,
    ]) {
      expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('text on filled buttons is readable', () => {
    expect(contrast(token('on-accent')[theme], token('accent')[theme])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(token('on-danger')[theme], token('danger')[theme])).toBeGreaterThanOrEqual(4.5);
  });

  it('soft ink is readable on a selected row', () => {
    const selected = mix(token('accent')[theme], 0.13, token('page')[theme]);
    expect(contrast(token('ink-soft')[theme], selected)).toBeGreaterThanOrEqual(4.5);
  });

  it('the outline of controls can be seen', () => {
    for (const ground of ['page', 'surface', 'raised']) {
      expect(contrast(token('line-strong')[theme], token(ground)[theme])).toBeGreaterThanOrEqual(3);
    }
  });
});
