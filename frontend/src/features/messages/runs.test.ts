import { describe, expect, it } from 'vitest';
import { placeOf } from '@/features/messages/runs';

const at = (hour: number, minute: number, second = 0, day = 21) =>
  new Date(2026, 10, day, hour, minute, second).toISOString();
const said = (sender: number, sentAt: string, kind: 'text' | 'system' = 'text') => ({
  sender,
  sentAt,
  kind,
});

describe('a run of messages', () => {
  it('joins what one person says within three minutes', () => {
    const [one, two, three] = [said(1, at(9, 0)), said(1, at(9, 3)), said(1, at(9, 6, 1))];
    expect(placeOf(undefined, one, two)).toEqual({ newDay: true, starts: true, ends: false });
    expect(placeOf(one, two, three)).toEqual({ newDay: false, starts: false, ends: true });
    expect(placeOf(two, three, undefined)).toEqual({ newDay: false, starts: true, ends: true });
  });

  it('ends when somebody else speaks, or the server does', () => {
    expect(placeOf(said(1, at(9, 0)), said(2, at(9, 0)), said(1, at(9, 0)))).toMatchObject({
      starts: true,
      ends: true,
    });
    expect(placeOf(said(1, at(9, 0)), said(1, at(9, 0), 'system'), undefined).starts).toBe(true);
  });

  it('are system lines that follow each other, whoever caused them', () => {
    const [one, two] = [said(1, at(9, 0), 'system'), said(2, at(9, 40), 'system')];
    expect(placeOf(undefined, one, two).ends).toBe(false);
    expect(placeOf(one, two, said(2, at(9, 40)))).toMatchObject({ starts: false, ends: true });
  });

  it('ends with the day, however close the messages are', () => {
    const late = said(1, at(23, 59));
    const early = said(1, at(0, 0, 0, 22));
    expect(placeOf(late, early, undefined)).toEqual({ newDay: true, starts: true, ends: true });
    expect(placeOf(undefined, late, early).ends).toBe(true);
  });
});
