import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';
import i18next from 'i18next';
import type { Schema } from '@/api/client';
import { meQuery } from '@/features/account/queries';
import { ReadingChip } from '@/features/emotion/reading-chip';
import { sureness } from '@/features/emotion/words';
import { aReading } from '@/testing/messages';
import { aUser } from '@/testing/people';
import { answer } from '@/testing/server';
import { ToastProvider } from '@/ui/toast';

function chip(reading: Schema<'Reading'> | null, me: Partial<Schema<'User'>> = {}) {
  const cache = new QueryClient();
  cache.setQueryData(meQuery.queryKey, aUser(me));
  const onMark = vi.fn();
  render(
    <QueryClientProvider client={cache}>
      <ToastProvider>
        <ReadingChip
          reading={reading}
          body="고마워 😀 정말"
          align="start"
          tabIndex={0}
          onMark={onMark}
        />
      </ToastProvider>
    </QueryClientProvider>,
  );
  return { onMark, person: userEvent.setup() };
}

describe('the chip', () => {
  it('says the label and how sure it is, in words', () => {
    chip(aReading());
    const button = screen.getByRole('button', { name: 'Reading: joy, fairly sure. Why?' });
    expect(button).toHaveTextContent('joyfairly sure');
  });

  it('speaks Korean to Koreans', async () => {
    await i18next.changeLanguage('ko');
    chip(aReading());
    expect(screen.getByRole('button', { name: /^감정 읽기: 기쁨, 꽤 확실/ })).toBeInTheDocument();
  });

  it('claims nothing when it is hard to tell', () => {
    chip(aReading({ unclear: true, confidence: 0.3 }));
    const button = screen.getByRole('button', { name: 'Reading: hard to tell. Why?' });
    expect(button).toHaveAttribute('data-label', 'unclear');
    expect(button).not.toHaveTextContent('perhaps');
  });

  it.each([
    ['there is no reading', null, {}],
    ['its reader wants none', aReading(), { showReadings: false }],
  ])('is not there when %s', (_why, reading, me) => {
    chip(reading, me);
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });

  it('marks the words while somebody points at it, and as long as the reasons are open', async () => {
    const { onMark, person } = chip(aReading());
    const button = screen.getByRole('button');
    await person.hover(button);
    expect(onMark).toHaveBeenLastCalledWith(true);
    await person.unhover(button);
    expect(onMark).toHaveBeenLastCalledWith(false);
    await person.click(button);
    await person.unhover(button);
    expect(onMark).toHaveBeenLastCalledWith(true);
    await person.keyboard('{Escape}');
    expect(onMark).toHaveBeenLastCalledWith(false);
  });
});

describe('the reasons', () => {
  it('give the sentence, the words, the numbers and the reader', async () => {
    const { person } = chip(
      aReading({
        evidence: [
          { start: 0, end: 3 },
          { start: 6, end: 8 },
        ],
      }),
    );
    await person.click(screen.getByRole('button'));
    const why = screen.getByRole('dialog', { name: 'Why this reading?' });
    expect(why).toHaveTextContent('This seems to come from gratitude.');
    expect(why).toHaveTextContent('What carries it: “고마워”, “정말”');
    const rows = within(why).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent)).toEqual(['joy80%', 'surprise15%', 'neutral5%']);
    expect(why).toHaveTextContent('Read on this server. A guess, not a fact.');
  });

  it('never claim to be certain, and leave out what is next to nothing', async () => {
    const { person } = chip(
      aReading({
        scores: [
          { label: 'joy', score: 0.9999 },
          { label: 'fear', score: 0.001 },
        ],
      }),
    );
    await person.click(screen.getByRole('button'));
    expect(
      screen
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.textContent),
    ).toEqual(['joy99%']);
    expect(screen.getByText(/No single words carry it/)).toBeInTheDocument();
  });

  it('name another engine', async () => {
    const { person } = chip(aReading({ engine: 'openai' }));
    await person.click(screen.getByRole('button'));
    expect(screen.getByText('Read by OpenAI. A guess, not a fact.')).toBeInTheDocument();
  });

  it('offer to hide all readings, and say how to get them back', async () => {
    const asked = answer('patch', '/users/me', aUser({ showReadings: false }));
    const { person } = chip(aReading());
    await person.click(screen.getByRole('button'));
    await person.click(screen.getByRole('button', { name: 'Hide readings here' }));
    expect(await screen.findByText(/You can show them again/)).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ showReadings: false });
    await waitFor(() => expect(screen.queryByRole('button')).not.toBeInTheDocument());
  });
});

it('puts a probability into words', () => {
  const words = [0.95, 0.9, 0.7, 0.69, 0.5, 0.2].map(sureness);
  expect(words).toEqual(['certain', 'certain', 'fairly', 'probably', 'probably', 'perhaps']);
});
