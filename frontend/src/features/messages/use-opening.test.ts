import { renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useOpening } from '@/features/messages/use-opening';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

function opened() {
  const list = document.createElement('div');
  const root = { current: list };
  const hook = renderHook(({ part }) => useOpening(root, part), { initialProps: { part: 0 } });
  return {
    list,
    isOpening: () => hook.result.current(),
    show: (part: number) => hook.rerender({ part }),
  };
}

it('is over after a while', () => {
  const { isOpening } = opened();
  expect(isOpening()).toBe(true);
  vi.advanceTimersByTime(2900);
  expect(isOpening()).toBe(true);
  vi.advanceTimersByTime(200);
  expect(isOpening()).toBe(false);
});

it.each(['wheel', 'touchmove', 'pointerdown', 'keydown'])('is over with the first %s', (touch) => {
  const { list, isOpening, show } = opened();
  list.dispatchEvent(new Event(touch));
  expect(isOpening()).toBe(false);
  show(1); // Another part of the conversation opens anew.
  expect(isOpening()).toBe(true);
});
