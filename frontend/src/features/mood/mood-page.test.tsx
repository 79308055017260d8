import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { roomKeys } from '@/features/rooms/queries';
import { aGroup, aRoom } from '@/testing/messages';
import { aMood, someCounts } from '@/testing/moods';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const days = [
  someCounts({ joy: 3, sadness: 2 }),
  null,
  someCounts({ joy: 1 }, { love: 1, unclear: 2 }),
];

beforeEach(() => {
  answer('get', '/rooms', { items: [aRoom()] });
  answer('get', '/rooms/7', aRoom());
  answer('get', '/friends', { items: [] });
});

describe('the mood of a conversation', () => {
  it('is a chart that is walked through like a slider', async () => {
    answer('get', '/rooms/7/mood', aMood(days));
    await renderApp('/rooms/7/mood');
    expect(await screen.findByRole('heading', { name: 'Mood: Ben', level: 1 })).toBeInTheDocument();
    const slider = await screen.findByRole('slider');
    expect(slider).toHaveAttribute('aria-valuetext', 'Sat, Nov 21: joy 1, hard to tell 2');
    fireEvent.change(slider, { target: { value: '1' } });
    expect(slider).toHaveAttribute('aria-valuetext', 'Fri, Nov 20: nothing was read');
    fireEvent.change(slider, { target: { value: '0' } });
    expect(slider).toHaveAttribute('aria-valuetext', 'Thu, Nov 19: joy 3, sadness 2');
    const sum = screen.getByRole('list', { name: 'All together' });
    expect(
      within(sum)
        .getAllByRole('listitem')
        .map((one) => one.textContent),
    ).toEqual(['joy 4', 'sadness 2', 'hard to tell 2']);
    expect(screen.getByText('1 of the joyful ones is affectionate.')).toBeInTheDocument();
  });

  it('has a table that says the same, gaps with their reasons', async () => {
    answer('get', '/rooms/7/mood', aMood(days));
    const { person } = await renderApp('/rooms/7/mood');
    await person.click(await screen.findByText('Show as a table'));
    const table = screen.getByRole('table', { name: 'How many messages sounded like what' });
    expect(
      within(table)
        .getAllByRole('row')
        .map((row) => [...row.children].map(textOf)),
    ).toEqual([
      ['When', 'joy', 'sadness', 'hard to tell'],
      ['Thu, Nov 19', '3', '2', '0'],
      ['Fri, Nov 20', 'nothing was read'],
      ['Sat, Nov 21', '1', '0', '2'],
    ]);
    expect(within(table).getByRole('rowheader', { name: 'Sat, Nov 21' })).toBeInTheDocument();
  });

  it('is asked for the time that is chosen, which the address names', async () => {
    const asked = answer('get', '/rooms/7/mood', aMood(days));
    const { person, router } = await renderApp('/rooms/7/mood?days=90');
    expect(await screen.findByRole('radio', { name: '90 days' })).toBeChecked();
    await person.click(screen.getByRole('radio', { name: 'Day' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ days: 1 }));
    await waitFor(() =>
      expect(asked.map(({ url }) => url.searchParams.get('days'))).toEqual(['90', '1']),
    );
  });

  it('of a group says from how many people on it is shown', async () => {
    answer('get', '/rooms/7', aGroup());
    answer('get', '/rooms/7/mood', aMood([null, null], { leastPeople: 3 }));
    await renderApp('/rooms/7/mood');
    expect(await screen.findByText(/fewer than 3 people wrote/)).toBeInTheDocument();
    expect(screen.getByText(/from 3 people on/)).toBeInTheDocument();
    expect(screen.queryByRole('slider')).not.toBeInTheDocument();
  });

  it.each([
    ['emotion.hidden', 'You have hidden readings', 'Choose what I see', '/me/readings'],
    ['emotion.off', 'Nothing is read here', 'To the settings of this chat', '/rooms/7?pane=room'],
  ])('explains %s calmly, and leads to where it is decided', async (code, title, link, to) => {
    refuse('get', '/rooms/7/mood', { status: 409, code });
    await renderApp('/rooms/7/mood');
    expect(await screen.findByText(title)).toBeInTheDocument();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
    expect(screen.getByRole('link', { name: link })).toHaveAttribute('href', to);
  });

  it('can be asked for again when it did not come', async () => {
    refuse('get', '/rooms/7/mood', { status: 400, code: 'request.invalid' });
    const { person } = await renderApp('/rooms/7/mood');
    expect(await screen.findByRole('alert')).toHaveTextContent('could not be loaded');
    answer('get', '/rooms/7/mood', aMood(days));
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('slider')).toBeInTheDocument();
  });

  it('goes away as soon as consent does', async () => {
    answer('get', '/rooms/7/mood', aMood(days));
    const { cache } = await renderApp('/rooms/7/mood');
    await screen.findByRole('slider');
    refuse('get', '/rooms/7/mood', { status: 409, code: 'emotion.off' });
    cache.setQueryData(roomKeys.one(7), aRoom({ readings: 'off', readingsRev: 1 }));
    expect(await screen.findByText('Nothing is read here')).toBeInTheDocument();
    expect(screen.queryByRole('slider')).not.toBeInTheDocument();
  });
});

function textOf(element: Element): string {
  return element.textContent.trim();
}
