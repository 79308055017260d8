import { act, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useTypedSearch } from '@/lib/use-typed-search';

const handed = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  handed.mockClear();
});
afterEach(() => vi.useRealTimers());

function Search() {
  const [value, setValue] = useState('');
  const { text, setText, settle, composition } = useTypedSearch(value, (settled) => {
    handed(settled);
    setValue(settled);
  });
  return (
    <>
      <input
        aria-label="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') settle();
        }}
        {...composition}
      />
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

it('hands on at once what is meant as it is, and not again', () => {
  render(<Search />);
  type('soup');
  fireEvent.keyDown(screen.getByLabelText('search'), { key: 'Enter' });
  expect(handed.mock.calls).toEqual([['soup']]);
  act(() => vi.advanceTimersByTime(1000));
  expect(handed).toHaveBeenCalledTimes(1);
});

describe('Hangul while it is composed', () => {
  const compose = (...steps: string[]) => {
    fireEvent.compositionStart(screen.getByLabelText('search'));
    for (const step of steps) {
      type(step);
      act(() => vi.advanceTimersByTime(120));
    }
  };
  const composed = () => fireEvent.compositionEnd(screen.getByLabelText('search'));
  const calm = () => act(() => vi.advanceTimersByTime(500));

  it('is handed on when a syllable stands still, and not again when it is done', () => {
    render(<Search />);
    compose('ㄱ', '구', '국');
    calm();
    expect(handed.mock.calls).toEqual([['국']]);
    composed();
    calm();
    expect(handed).toHaveBeenCalledTimes(1);
  });

  it('is not handed on as letters that are no syllable yet', () => {
    render(<Search />);
    compose('ㄱ');
    calm();
    expect(handed).not.toHaveBeenCalled();
    compose('국', '국ㅅ');
    calm();
    expect(handed.mock.calls).toEqual([['국']]);
    compose('국수');
    composed();
    act(() => vi.advanceTimersByTime(250));
    expect(handed.mock.calls).toEqual([['국'], ['국수']]);
  });

  it('may be letters only, when that is what was meant', () => {
    render(<Search />);
    compose('ㅋㅋ');
    composed();
    calm();
    expect(handed.mock.calls).toEqual([['ㅋㅋ']]);
  });
});
