import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { emotionKeys } from '@/features/emotion/queries';
import { aGroup } from '@/testing/messages';
import { aDigest } from '@/testing/moods';
import { renderRoom } from '@/testing/render-room';
import { answer, refuse } from '@/testing/server';

const room = aGroup({ lastSeq: 20, lastReadSeq: 8, unread: 12 });
const digest = aDigest({
  groups: [
    { label: 'joy', count: 4, seqs: [17, 11, 9, 10] },
    { label: 'fear', count: 1, seqs: [12] },
  ],
  ...{ unclear: 2, without: 1 },
  sentence: [
    { text: 'They look forward to noodles.', seqs: [11, 17] },
    { text: 'One worries.', seqs: [12] },
  ],
});
const bar = () => screen.queryByRole('button', { name: '12 new messages: what was the mood?' });

/** Opens the room with twelve unread messages. */
function open(change: Parameters<typeof renderRoom>[0] = {}) {
  return renderRoom({ room, ...change });
}

async function panel(person: Awaited<ReturnType<typeof open>>['person']) {
  await waitFor(() => expect(bar()).toBeInTheDocument());
  await person.click(bar() ?? document.body);
  return screen.findByRole('dialog', { name: 'What was the mood?' });
}

describe('what was missed', () => {
  it('is asked for when somebody wants to know, by where I had stopped', async () => {
    const asked = answer('get', '/rooms/7/digest', digest);
    const { person } = await open();
    await waitFor(() => expect(bar()).toBeInTheDocument());
    expect(asked).toEqual([]);
    const told = await panel(person);
    expect(await within(told).findByText(/About 12 messages/)).toBeInTheDocument();
    expect(asked.map(({ url }) => url.searchParams.get('after'))).toEqual(['8']);
    expect(within(told).getByText('2 messages are hard to tell.')).toBeInTheDocument();
    expect(within(told).getByText(/^1 message has no reading/)).toBeInTheDocument();
    const groups = within(told).getByRole('list', { name: 'By feeling' });
    expect(groups.firstElementChild).toHaveTextContent(/^joy 4 messages/);
    expect(groups.lastElementChild).toHaveTextContent(/^fear 1 message/);
  });

  it('cites what its sentence says, and leads there', async () => {
    answer('get', '/rooms/7/digest', digest);
    const { person, router } = await open();
    const told = await panel(person);
    const cited = await within(told).findAllByRole('link', { name: /of this sentence$/ });
    expect(cited.map((one) => one.getAttribute('href'))).toEqual([
      '/rooms/7?at=11',
      '/rooms/7?at=17',
      '/rooms/7?at=12',
    ]);
    expect(cited.map((one) => one.textContent)).toEqual(['1', '2', '3']);
    await person.click(cited[2] ?? told);
    await waitFor(() => expect(router.state.location.search).toEqual({ at: 12 }));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(bar()).toHaveFocus();
  });

  it('can be put away', async () => {
    const { person } = await open();
    await waitFor(() => expect(bar()).toBeInTheDocument());
    await person.click(screen.getByRole('button', { name: 'Put this away' }));
    expect(bar()).not.toBeInTheDocument();
  });

  it('says so when it cannot be told, and can be asked again', async () => {
    refuse('get', '/rooms/7/digest', { status: 409, code: 'emotion.off' });
    const { person } = await open();
    const told = await panel(person);
    expect(await within(told).findByRole('alert')).toHaveTextContent('Readings are off here.');
    answer('get', '/rooms/7/digest', aDigest({ unread: 0 }));
    await person.click(within(told).getByRole('button', { name: 'Try again' }));
    expect(await within(told).findByText(/nothing new from others/)).toBeInTheDocument();
  });

  it.each([
    ['of fewer than ten messages', { room: { ...room, lastReadSeq: 11, unread: 9 } }],
    ['where nothing is read', { room: { ...room, readings: 'off' as const } }],
    ['to those who want no readings', { me: { showReadings: false } }],
  ])('is not offered %s', async (_, change) => {
    const { cache } = await open(change);
    await waitFor(() => expect(cache.getQueryData(emotionKeys.mode)).toBeDefined());
    expect(screen.queryByRole('button', { name: /what was the mood/ })).not.toBeInTheDocument();
  });
});
