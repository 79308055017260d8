import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';
import type { Schema } from '@/api/client';
import { aMessage, aReading } from '@/testing/messages';
import { renderConversation } from '@/testing/render-conversation';
import { answer, refuse } from '@/testing/server';

afterEach(() => vi.unstubAllGlobals());

const path = '/rooms/7/messages/2/reading';
const mine = aMessage(2, { sender: 1, body: 'oh, great', reading: aReading() });
const said = (change: Partial<Schema<'Reading'>> = {}) =>
  aReading({
    ...{ label: 'anger', engine: 'author', version: '', confidence: 1, labels: ['anger'] },
    ...{ fine: [], sentence: 'The author says: angry.', ...change },
  });

/** The conversation with a message of mine, and the reasons of its reading open. */
async function opened(reading?: Schema<'Reading'>) {
  const world = await renderConversation({
    rows: [aMessage(1, { reading: aReading() }), { ...mine, reading: reading ?? mine.reading }],
  });
  const chip = () =>
    within(document.querySelector('article[data-seq="2"]') as HTMLElement).getByRole('button', {
      name: /^Reading/,
    });
  await world.person.click(chip());
  await screen.findByRole('heading', { name: 'What did you mean?' });
  return { ...world, chip };
}
const word = (name: string) => screen.getByRole('button', { name });

it('takes two presses, is shown at once, and is the server’s word then', async () => {
  const { person, chip } = await opened();
  const asked = answer('put', path, { ...mine, rev: 3, reading: said() });
  await person.click(word('anger'));
  expect(chip()).toHaveAccessibleName('Reading: anger, said by you. Why?');
  expect(word('anger')).toHaveAttribute('aria-pressed', 'true');
  expect(await screen.findByText('The author says: angry.')).toBeInTheDocument();
  expect(asked.map(({ body }) => body)).toEqual([{ label: 'anger' }]);
});

it('may be a finer word, and only of that label', async () => {
  const { person } = await opened(said());
  const asked = answer('put', path, { ...mine, rev: 3, reading: said({ fine: ['annoyance'] }) });
  const finer = screen.getByRole('group', { name: 'A finer word, if you like' });
  const offered = within(finer).getAllByRole('button');
  expect(offered.map((button) => button.textContent)).toEqual(['annoyance', 'disapproval']);
  await person.click(word('annoyance'));
  expect(word('annoyance')).toHaveAttribute('aria-pressed', 'true');
  await waitFor(() => expect(asked[0]?.body).toEqual({ label: 'anger', fine: 'annoyance' }));
});

it('goes back to what was there when it is refused, and says so', async () => {
  const { person, chip } = await opened();
  refuse('put', path, { status: 409, code: 'emotion.off' });
  await person.click(word('anger'));
  expect(await screen.findByText('Your word was not saved. Readings are off here.')).toBeVisible();
  expect(chip()).toHaveAccessibleName('Reading: joy, fairly sure. Why?');
});

it('can be taken back', async () => {
  const { person, chip } = await opened(said());
  const asked = answer('delete', path, { ...mine, rev: 3, reading: aReading({ label: 'fear' }) });
  await person.click(word('Take my word back'));
  await waitFor(() => expect(chip()).toHaveAccessibleName('Reading: fear, fairly sure. Why?'));
  expect(asked).toHaveLength(1);
});

it('is for the author alone', async () => {
  const { person } = await renderConversation({ rows: [aMessage(1, { reading: aReading() })] });
  await person.click(await screen.findByRole('button', { name: /^Reading/ }));
  await screen.findByText('This seems to come from gratitude.');
  expect(screen.queryByText('What did you mean?')).not.toBeInTheDocument();
});

it('comes from the others by itself', async () => {
  const { serverSends } = await renderConversation({
    rows: [aMessage(1, { reading: aReading() })],
  });
  await serverSends({ type: 'reading', room: 7, seq: 1, rev: 2, reading: said() });
  expect(
    await screen.findByRole('button', { name: 'Reading: anger, said by the author. Why?' }),
  ).toBeInTheDocument();
  await serverSends({ type: 'reading', room: 7, seq: 1, rev: 3, reading: null });
  expect(screen.queryByRole('button', { name: /^Reading/ })).not.toBeInTheDocument();
});
