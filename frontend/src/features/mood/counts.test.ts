import i18next from 'i18next';
import { describe, expect, it } from 'vitest';
import { inWords, nothing, partsOf, sumOf, totalOf } from '@/features/mood/counts';
import { en } from '@/i18n/en';
import { ko } from '@/i18n/ko';
import { someCounts } from '@/testing/moods';

describe('counts of readings', () => {
  it('are told in one order, without what does not occur, what is hard to tell last', () => {
    const counts = someCounts({ neutral: 2, joy: 4, anger: 1 }, { unclear: 3 });
    expect(partsOf(counts).map(({ shape }) => shape)).toEqual([
      'joy',
      'anger',
      'neutral',
      'unclear',
    ]);
    expect(totalOf(counts)).toBe(10);
    expect(inWords(i18next.getFixedT('en', ['mood', 'emotion']), counts)).toBe(
      'joy 4, anger 1, neutral 2, hard to tell 3',
    );
  });

  it('of several stretches add up, past the gaps', () => {
    const sum = sumOf([
      someCounts({ joy: 4, fear: 1 }, { love: 2, unclear: 1 }),
      null,
      someCounts({ joy: 1 }, { love: 1 }),
    ]);
    expect(sum).toEqual({ ...someCounts({ joy: 5, fear: 1 }, { love: 3, unclear: 1 }) });
    expect(totalOf(sumOf([null, null]))).toBe(totalOf(nothing));
  });
});

it('the words of moods neither diagnose nor rank', () => {
  const told = JSON.stringify([en.mood, ko.mood]);
  expect(told).not.toMatch(
    /depress|anxi|disorder|symptom|diagnos|therap|patient|score|healthy|toxic|stress|best|worst|rank/i,
  );
  expect(told).not.toMatch(/우울|불안 ?장애|증상|진단|치료|환자|점수|건강|최고|최악|순위/);
});
