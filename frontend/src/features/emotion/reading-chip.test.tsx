import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import i18next from 'i18next';
import type { Schema } from '@/api/client';
import { meQuery } from '@/features/account/queries';
import { ReadingChip } from '@/features/emotion/reading-chip';
import { finerWords, labels, sureness, type FineLabel } from '@/features/emotion/words';
import { en } from '@/i18n/en';
import { prefer } from '@/lib/preferences';
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
          roomId={7}
          seq={1}
          mine={false}
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

const theirs = { engine: 'author', version: '', confidence: 1 } as const;

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

  it('has a word and a shape of its own for affection', () => {
    chip(aReading({ love: true }));
    const button = screen.getByRole('button', {
      name: 'Reading: affectionate joy, fairly sure. Why?',
    });
    expect(button).toHaveAttribute('data-label', 'joy');
    expect(button.querySelector('.tabler-icon-heart')).toBeInTheDocument();
  });

  it('says whose word it is rather than how sure it is', () => {
    chip(aReading(theirs));
    const button = screen.getByRole('button', { name: 'Reading: joy, said by the author. Why?' });
    expect(button).toHaveAttribute('data-said', 'true');
    expect(button).not.toHaveTextContent('certain');
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
    expect(await within(why).findByText('This seems to come from gratitude.')).toBeVisible();
    expect(why).toHaveTextContent('What carries it: “고마워”, “정말”');
    const rows = within(why).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent)).toEqual([
      'joy80%fairly sure',
      'surprise15%unlikely',
      'neutral5%unlikely',
    ]);
    expect(why).toHaveTextContent('“joy” means: something is good');
    expect(why).toHaveTextContent('by its own model (1). A guess, not a fact.');
    expect(within(why).queryByText('What did you mean?')).not.toBeInTheDocument();
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
    expect(await screen.findByText(/No single words carry it/)).toBeInTheDocument();
    const rows = screen.getAllByRole('row').slice(1);
    expect(rows.map((row) => row.textContent)).toEqual(['joy99%almost certain']);
  });

  it('name what came closest when it is hard to tell', async () => {
    const { person } = chip(aReading({ unclear: true, confidence: 0.3 }));
    await person.click(screen.getByRole('button'));
    expect(await screen.findByText('What came closest')).toBeVisible();
    expect(screen.getByText(/“hard to tell” means: the words do not say enough/)).toBeVisible();
  });

  it('say that another service read it', async () => {
    const { person } = chip(aReading({ engine: 'openai', version: 'tiny-3' }));
    await person.click(screen.getByRole('button'));
    expect(await screen.findByText(/^Read by the remote service .* \(tiny-3\)/)).toBeVisible();
  });

  it('give an author’s word without any guess', async () => {
    const { person } = chip(aReading({ ...theirs, sentence: 'The author says: thankful.' }));
    await person.click(screen.getByRole('button'));
    expect(await screen.findByText('The author says: thankful.')).toBeVisible();
    expect(screen.getByText(/takes the place of the guess/)).toBeVisible();
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
    expect(screen.queryByText(/No single words/)).not.toBeInTheDocument();
  });

  it('lead to the meaning of all the words', async () => {
    const { person } = chip(aReading());
    await person.click(screen.getByRole('button'));
    await person.click(await screen.findByRole('button', { name: /what they mean/ }));
    const words = await screen.findByRole('dialog', { name: 'What the words mean' });
    expect(within(words).getAllByRole('term')).toHaveLength(9);
    expect(words).toHaveTextContent('Finer words: curiosity, confusion, sudden insight');
  });

  it('offer to hide all readings, and say how to get them back', async () => {
    const asked = answer('patch', '/users/me', aUser({ showReadings: false }));
    const { person } = chip(aReading());
    await person.click(screen.getByRole('button'));
    await person.click(await screen.findByRole('button', { name: 'Hide all readings' }));
    expect(await screen.findByText(/You can show them again/)).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ showReadings: false });
    await waitFor(() => expect(screen.queryByRole('button')).not.toBeInTheDocument());
  });
});

describe('literal mode', () => {
  beforeEach(() => prefer({ literal: true }));
  afterEach(() => prefer({ literal: false }));

  it.each([
    [{}, 'This message very likely expresses joy.'],
    [{ love: true, confidence: 0.95 }, /almost certainly expresses joy and affection/],
    [{ unclear: true }, 'It is not clear what feeling this message expresses.'],
    [theirs, 'The author says: this message expresses joy.'],
    [{ label: 'neutral', confidence: 0.3 }, /possibly expresses no strong feeling/],
  ] as const)('says %j in one plain sentence without a sign', (change, sentence) => {
    chip(aReading(change as Partial<Schema<'Reading'>>));
    const button = screen.getByRole('button');
    expect(button).toHaveTextContent(sentence);
    expect(button.querySelector('svg')).toBeNull();
  });

  it('is Korean for Koreans', async () => {
    await i18next.changeLanguage('ko');
    chip(aReading());
    expect(screen.getByText('이 메시지는 높은 가능성으로 기쁨을 나타내요.')).toBeVisible();
  });
});

it('puts a probability into words', () => {
  const words = [0.95, 0.9, 0.7, 0.69, 0.5, 0.2, 0.1].map(sureness);
  expect(words).toEqual([
    'certain',
    'certain',
    'fairly',
    'probably',
    'probably',
    'perhaps',
    'hardly',
  ]);
});

it('offers every finer word of the contract once, or as the label itself', () => {
  const offered = [...labels, ...labels.flatMap((label): FineLabel[] => [...finerWords[label]])];
  expect(new Set(offered).size).toBe(offered.length);
  expect([...Object.keys(en.emotion.fine)].sort()).toEqual([...offered].sort());
});
