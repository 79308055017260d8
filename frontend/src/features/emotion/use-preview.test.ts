import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Problem, unreachable } from '@/api/problem';
import { fetchPreview } from '@/features/emotion/queries';
import { CALM, usePreview } from '@/features/emotion/use-preview';
import { aReading } from '@/testing/messages';

vi.mock('@/features/emotion/queries', () => ({ fetchPreview: vi.fn() }));
const asked = vi.mocked(fetchPreview);
const preview = { reading: aReading(), tense: false };

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  asked.mockReset().mockResolvedValue(preview);
});
afterEach(() => void vi.useRealTimers());

function writing(first: string, allowed = true) {
  const hook = renderHook(({ text, may }) => usePreview(7, text, may), {
    initialProps: { text: first, may: allowed },
  });
  return {
    shown: () => hook.result.current,
    write: (text: string, may = true) => hook.rerender({ text, may }),
    leave: hook.unmount,
  };
}
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

it('waits until the writer pauses, and asks once', async () => {
  const { write, shown } = writing('h');
  await pass(CALM - 1);
  write('hi');
  await pass(CALM - 1);
  expect(asked).not.toHaveBeenCalled();
  await pass(1);
  expect(asked.mock.calls.map(([room, text]) => [room, text])).toEqual([[7, 'hi']]);
  expect(shown()).toBe(preview);
  await pass(60_000);
  expect(asked).toHaveBeenCalledTimes(1);
});

it('shows nothing of a text that has changed, and gives up what is under way', async () => {
  const { write, shown, leave } = writing('hi');
  await pass(CALM);
  write('hi!');
  expect(shown()).toBeUndefined();
  asked.mockReturnValue(new Promise(() => undefined));
  await pass(CALM);
  const signal = () => asked.mock.lastCall?.[2];
  expect(signal()?.aborted).toBe(false);
  write('hi!!');
  expect(signal()?.aborted).toBe(true);
  await pass(CALM);
  expect(signal()?.aborted).toBe(false);
  leave();
  expect(signal()?.aborted).toBe(true);
});

it('never shows an answer that comes too late', async () => {
  let late: (value: typeof preview) => void = () => undefined;
  asked.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
  const { write, shown } = writing('one');
  await pass(CALM);
  write('two');
  await act(async () => late({ ...preview, tense: true }));
  write('one');
  expect(shown()).toBeUndefined();
});

it.each([
  ['readings are off', new Problem(409, 'emotion.off', ''), 59_000, 2000],
  ['it was asked too often', new Problem(429, 'request.too_many', '', undefined, 90), 89_000, 2000],
  ['nothing can be reached', unreachable(undefined), 59_000, 2000],
])('rests when %s', async (_why, problem, quiet, more) => {
  asked.mockRejectedValueOnce(problem);
  const { write, shown } = writing('a');
  await pass(CALM);
  expect(shown()).toBeUndefined();
  await pass(quiet - CALM);
  write('b');
  await pass(CALM);
  expect(asked).toHaveBeenCalledTimes(1);
  await pass(more);
  write('c');
  await pass(CALM);
  expect(asked).toHaveBeenCalledTimes(2);
});

it('asks nothing where it may not, nothing of an empty text, and nothing without a network', async () => {
  const { write, shown } = writing('a', false);
  await pass(CALM);
  write('');
  await pass(CALM);
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  write('b');
  await pass(CALM);
  expect(asked).not.toHaveBeenCalled();
  vi.restoreAllMocks();
  asked.mockResolvedValue(preview);
  write('c');
  await pass(CALM);
  expect(shown()).toBe(preview);
  write('c', false);
  expect(shown()).toBeUndefined();
});
