import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { saveFile } from '@/lib/save-file';
import { aReflection, someCounts } from '@/testing/moods';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

vi.mock('@/lib/save-file', () => ({ saveFile: vi.fn() }));

const week = aReflection();
const list = () => screen.findByRole('list', { name: 'All together' });
const button = (name: string) => screen.findByRole('button', { name });

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-18T06:00:00Z'), toFake: ['Date'] });
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});
afterEach(() => vi.useRealTimers());

describe('a week of my own messages', () => {
  it('is told in plain words, day by day', async () => {
    answer('get', '/users/me/reflection', week);
    const { person } = await renderApp('/me/reflection');
    expect(await list()).toHaveTextContent('joy 3sadness 1hard to tell 1');
    expect(screen.getByText('You wrote 7 messages. 5 of them have a reading.')).toBeInTheDocument();
    expect(screen.getByText('Of 1 you said yourself how you meant it.')).toBeInTheDocument();
    await person.click(screen.getByText('Show as a table'));
    const rows = within(screen.getByRole('table')).getAllByRole('row').slice(1);
    expect(rows.map((row) => row.lastElementChild?.textContent)).toEqual([
      '1',
      '2 messages, none of them read',
      'no messages',
      ...Array<string>(4).fill('still to come'),
    ]);
  });

  it('is gone through week by week, no further than the present one', async () => {
    const asked = answer('get', '/users/me/reflection', week);
    const { person, router } = await renderApp('/me/reflection');
    expect(await button('The week after')).toHaveAttribute('aria-disabled', 'true');
    await person.click(await button('The week after'));
    await person.click(await button('The week before'));
    await waitFor(() => expect(router.state.location.search).toEqual({ week: '2026-W46' }));
    await waitFor(() =>
      expect(asked.map(({ url }) => url.searchParams.get('week'))).toEqual([null, '2026-W46']),
    );
  });

  it('ends where I began', async () => {
    const first = { from: '2026-08-30T15:00:00Z', to: '2026-09-06T15:00:00Z', week: '2026-W36' };
    answer('get', '/users/me/reflection', { ...week, ...first });
    await renderApp('/me/reflection?week=2026-W36');
    expect(await button('The week before')).toHaveAttribute('aria-disabled', 'true');
    expect(await button('The week after')).toHaveAttribute('aria-disabled', 'false');
  });

  it('can be kept as it is', async () => {
    answer('get', '/users/me/reflection', week);
    const { person } = await renderApp('/me/reflection');
    await person.click(await button('Download as JSON'));
    const [file, name] = vi.mocked(saveFile).mock.lastCall ?? [];
    expect(name).toBe('emosation-2026-W47.json');
    expect(JSON.parse(await textOf(file))).toEqual(week);
  });

  it('is kind when it was quiet', async () => {
    const days = week.days.map((day) => ({ ...day, messages: 0, counts: someCounts({}) }));
    const none = aReflection({ messages: 0, corrected: 0, counts: someCounts({}), days });
    answer('get', '/users/me/reflection', none);
    await renderApp('/me/reflection');
    expect(await screen.findByText('A quiet week')).toBeInTheDocument();
    expect(screen.queryByRole('slider')).not.toBeInTheDocument();
  });

  it('is not shown to those whose messages are not read, who learn where that is decided', async () => {
    refuse('get', '/users/me/reflection', { status: 409, code: 'emotion.off' });
    await renderApp('/me/reflection');
    expect(await screen.findByText('Your messages are not read')).toBeInTheDocument();
    const link = screen.getByRole('link', { name: 'Choose who sees readings' });
    expect(link).toHaveAttribute('href', '/me/readings');
  });

  it('leads back from a week that there is not', async () => {
    refuse('get', '/users/me/reflection', { status: 400, code: 'request.invalid' });
    await renderApp('/me/reflection?week=2026-W60');
    const link = await screen.findByRole('link', { name: 'To this week' });
    expect(link).toHaveAttribute('href', '/me/reflection');
  });
});

async function textOf(file: Blob | undefined): Promise<string> {
  const reader = new FileReader();
  const done = new Promise((resolve) => reader.addEventListener('load', resolve));
  reader.readAsText(file ?? new Blob());
  await done;
  return String(reader.result);
}
