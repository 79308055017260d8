import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useSecondsLeft } from '@/lib/use-seconds-left';

const start = Date.parse('2026-11-21T06:00:00.250Z');

beforeEach(() => vi.useFakeTimers({ now: start }));
afterEach(() => vi.useRealTimers());

function Left({ seconds, onRender }: { seconds: number; onRender?: () => void }) {
  const left = useSecondsLeft(new Date(start + seconds * 1000).toISOString());
  onRender?.();
  return <p>{left}</p>;
}

it('runs down, and stays at zero', () => {
  render(<Left seconds={2} />);
  expect(screen.getByText('2')).toBeInTheDocument();
  act(() => vi.advanceTimersByTime(2000));
  expect(screen.getByText('0')).toBeInTheDocument();
  act(() => vi.advanceTimersByTime(5000));
  expect(screen.getByText('0')).toBeInTheDocument();
});

it('ticks all of a page with one timer, which ends with the last of them', () => {
  const view = render(
    <>
      <Left seconds={10} />
      <Left seconds={20} />
    </>,
  );
  expect(vi.getTimerCount()).toBe(1);
  view.rerender(<Left seconds={10} />);
  expect(vi.getTimerCount()).toBe(1);
  view.unmount();
  expect(vi.getTimerCount()).toBe(0);
});

it('renders again only when what it shows changes', () => {
  const onRender = vi.fn();
  render(<Left seconds={7200} onRender={onRender} />);
  const before = onRender.mock.calls.length;
  act(() => vi.advanceTimersByTime(30_000));
  expect(onRender.mock.calls.length - before).toBe(1); // one minute boundary was crossed
});
