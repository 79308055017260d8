import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useTypedSearch } from '@/lib/use-typed-search';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const handed = vi.fn();

function Search() {
  const [value, setValue] = useState('');
  const [text, setText] = useTypedSearch(value, (settled) => {
    handed(settled);
    setValue(settled);
  });
  return (
    <>
      <input aria-label="search" value={text} onChange={(event) => setText(event.target.value)} />
      <button onClick={() => setValue('')}>clear</button>
    </>
  );
}

function type(text: string) {
  fireEvent.change(screen.getByLabelText('search'), { target: { value: text } });
}

it('hands on what was typed, once it has stood still, without its outer spaces', () => {
  render(<Search />);
  type('no');
  act(() => vi.advanceTimersByTime(200));
  type('noodle ');
  act(() => vi.advanceTimersByTime(200));
  expect(handed).not.toHaveBeenCalled();
  act(() => vi.advanceTimersByTime(50));
  expect(handed.mock.calls).toEqual([['noodle']]);
  expect(screen.getByLabelText('search')).toHaveValue('noodle '); // One may be about to type another word.
});

it('does not take back what is typed while the value arrives', () => {
  render(<Search />);
  type('no');
  act(() => vi.advanceTimersByTime(249));
  act(() => vi.advanceTimersByTime(1));
  type('noo');
  expect(screen.getByLabelText('search')).toHaveValue('noo');
});

it('follows a value that changes by itself, and forgets what was typed then', () => {
  render(<Search />);
  type('soup');
  act(() => vi.advanceTimersByTime(250));
  type('soups');
  fireEvent.click(screen.getByRole('button', { name: 'clear' }));
  expect(screen.getByLabelText('search')).toHaveValue('');
  handed.mockClear();
  act(() => vi.advanceTimersByTime(1000));
  expect(handed).not.toHaveBeenCalled();
});
