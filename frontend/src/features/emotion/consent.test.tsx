import { screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { prefer } from '@/lib/preferences';
import { aGroup, aMessage, aReading, aRoom } from '@/testing/messages';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { renderConversation } from '@/testing/render-conversation';
import { renderRoom } from '@/testing/render-room';
import { answer, refuse, unreachable } from '@/testing/server';

afterEach(() => vi.unstubAllGlobals());

describe('the notice that messages are read', () => {
  const path = '/rooms/7/readings-notice';
  const notice = () => screen.findByRole('complementary', { name: 'Readings in this chat' });

  it('is put away once and for all', async () => {
    const asked = answer('delete', path);
    const { person } = await renderConversation({ room: { readingsNotice: true } });
    expect(await notice()).toHaveTextContent('on this server only');
    await person.click(screen.getByRole('button', { name: 'Got it' }));
    expect(screen.queryByRole('complementary')).not.toBeInTheDocument();
    await waitFor(() => expect(asked).toHaveLength(1));
  });

  it('comes back when the server was not told', async () => {
    unreachable('delete', path);
    const { person } = await renderConversation({ room: { readingsNotice: true } });
    await notice();
    await person.click(screen.getByRole('button', { name: 'Got it' }));
    expect(await screen.findByText(/could not be put away/)).toBeInTheDocument();
    expect(await notice()).toBeInTheDocument();
  });

  it.each([
    ['on', /remote service \(ai.example.org\)/],
    ['local', /on this server only/],
  ] as const)('names who reads where readings are %s', async (readings, words) => {
    answer('get', '/emotion', { mode: 'openai', model: '1', host: 'ai.example.org' });
    await renderConversation({ room: { readingsNotice: true, readings } });
    expect(await notice()).toHaveTextContent(words);
  });
});

describe('what is being written', () => {
  const composer = () => screen.findByRole('textbox', { name: 'Message to Ben' });

  it('gets a quiet hint, which describes the text field', async () => {
    const asked = answer('post', '/emotion/preview', {
      reading: aReading({ label: 'anger' }),
      tense: false,
    });
    const { person } = await renderConversation();
    await person.type(await composer(), 'so what ');
    expect(await screen.findByText('May read as: anger, fairly sure')).toBeVisible();
    expect(await composer()).toHaveAccessibleDescription(/May read as: anger, fairly sure/);
    expect(asked.map(({ body }) => body)).toEqual([{ roomId: 7, text: 'so what' }]);
    await person.type(await composer(), '!');
    expect(screen.queryByText(/May read as/)).not.toBeInTheDocument();
  });

  it('is told once that the talk seems tense, until that is put away', async () => {
    answer('post', '/emotion/preview', { reading: aReading(), tense: true });
    const { person } = await renderConversation();
    await person.type(await composer(), 'so what');
    expect(await screen.findByText(/seems tense/)).toBeVisible();
    await person.type(await composer(), '!');
    expect(screen.getByText(/seems tense/)).toBeVisible();
    await person.click(screen.getByRole('button', { name: 'Hide this hint' }));
    expect(screen.queryByText(/seems tense/)).not.toBeInTheDocument();
    expect(await screen.findByText('May read as: joy, fairly sure')).toBeVisible();
  });

  it.each([
    ['the room', { room: { readings: 'off' as const } }, 'embedded'],
    ['the author', { me: { shareReadings: 'off' as const } }, 'embedded'],
    ['the reader', { me: { showReadings: false } }, 'embedded'],
    ['the operator', {}, 'off'],
  ])('is not read when %s says no', async (_who, world, mode) => {
    answer('get', '/emotion', { mode, model: '1', host: null });
    const asked = answer('post', '/emotion/preview', { reading: aReading(), tense: false });
    const { person } = await renderConversation(world);
    await person.type(await composer(), 'so what');
    await new Promise((resolve) => setTimeout(resolve, 900));
    expect(asked).toHaveLength(0);
  });
});

describe('the choice of a room', () => {
  it('is the host’s, and counts at once', async () => {
    const asked = answer('patch', '/rooms/7', aGroup({ version: 5, readings: 'off' }));
    const { person } = await renderRoom({ search: '?pane=room' });
    const local = await screen.findByRole('radio', { name: 'On this server only' });
    expect(screen.getByRole('radio', { name: 'Yes' })).toBeChecked();
    expect(local).toHaveAccessibleDescription(/never leaves this server/);
    await person.click(screen.getByRole('radio', { name: 'No' }));
    expect(screen.getByRole('radio', { name: 'No' })).toBeChecked();
    await screen.findByText('Saved.');
    expect(asked[0]?.body).toEqual({ readings: 'off' });
    expect(asked[0]?.headers.get('If-Match')).toBe('"4"');
  });

  it('is told to everybody else', async () => {
    await renderRoom({ room: aGroup({ host: 2, readings: 'local' }), search: '?pane=room' });
    expect(await screen.findByText('Messages are read here, on this server only.')).toBeVisible();
    expect(screen.queryByRole('radiogroup')).not.toBeInTheDocument();
  });

  it('is for each of two, and what is true comes back when it is refused', async () => {
    refuse('patch', '/rooms/7', { status: 503, code: 'server.busy' });
    const { person } = await direct();
    await person.click(await screen.findByRole('button', { name: 'Readings in this chat' }));
    const dialog = await screen.findByRole('dialog', { name: 'Readings in this chat' });
    expect(dialog).toHaveTextContent('Either of you can change this.');
    await person.click(within(dialog).getByRole('radio', { name: 'No' }));
    await waitFor(() => expect(within(dialog).getByRole('radio', { name: 'Yes' })).toBeChecked());
    expect(await screen.findByText(/busy/)).toBeInTheDocument();
  });

  it('is not there where the operator has switched readings off', async () => {
    answer('get', '/emotion', { mode: 'off', model: '1', host: null });
    await direct();
    await screen.findByRole('textbox', { name: 'Message to Ben' });
    expect(screen.queryByRole('button', { name: 'Readings in this chat' })).not.toBeInTheDocument();
  });

  /** Room 7 of two people. */
  async function direct() {
    answer('get', '/rooms', { items: [aRoom()] });
    answer('get', '/rooms/7', aRoom());
    answer('get', '/rooms/7/members', { items: [] });
    answer('get', '/rooms/7/messages', { items: [], lastSeq: 0, lastRev: 0, hasMore: false });
    answer('get', '/friends', { items: [] });
    return renderApp('/rooms/7');
  }
});

describe('readings that are not to be seen any more', () => {
  it('leave the screen when somebody has switched theirs off', async () => {
    const { serverSends } = await renderConversation({
      rows: [aMessage(1, { reading: aReading() })],
    });
    expect(await screen.findByRole('button', { name: /^Reading/ })).toBeInTheDocument();
    answer('get', '/rooms/7', aRoom({ lastSeq: 1, lastReadSeq: 1, readingsRev: 1 }));
    answer('get', '/rooms/7/messages', {
      ...{ items: [aMessage(1)], lastSeq: 1, lastRev: 1, hasMore: false },
    });
    await serverSends({ type: 'room', room: 7, change: 'readings', state: 'open' });
    await waitFor(() =>
      expect(screen.queryByRole('button', { name: /^Reading/ })).not.toBeInTheDocument(),
    );
    expect(screen.getByText('message 1')).toBeVisible();
  });
});

describe('my own choices', () => {
  beforeEach(() => {
    answer('get', '/rooms', { items: [] });
    answer('get', '/friends', { items: [] });
    return () => prefer({ literal: false, preview: true });
  });

  it('to learn from my corrections is asked of the server', async () => {
    const asked = answer('patch', '/users/me', aUser({ calibrateReadings: true }));
    const reset = answer('delete', '/users/me/calibration');
    const { person } = await renderApp('/me/readings');
    await person.click(await screen.findByRole('switch', { name: 'Learn from my corrections' }));
    await screen.findByText('Saved.');
    expect(asked[0]?.body).toEqual({ calibrateReadings: true });
    await person.click(screen.getByRole('button', { name: 'Forget what was learnt' }));
    expect(await screen.findByText(/read like everybody’s again/)).toBeInTheDocument();
    expect(reset).toHaveLength(1);
  });

  it('of how I see them stay in this browser', async () => {
    const { person } = await renderApp('/me/readings');
    await person.click(await screen.findByRole('switch', { name: 'Plain sentences' }));
    await person.click(screen.getByRole('switch', { name: 'Hint while I write' }));
    const kept: unknown = JSON.parse(localStorage.getItem('emosation.preferences') ?? '{}');
    expect(kept).toMatchObject({ literal: true, preview: false });
  });

  it('to forget everything ask once more', async () => {
    const asked = answer('delete', '/users/me/readings');
    answer('get', '/users/me', aUser());
    const { person } = await renderApp('/me/readings');
    await person.click(await screen.findByRole('button', { name: 'Forget my readings' }));
    const dialog = screen.getByRole('dialog', { name: /^Forget all readings/ });
    expect(asked).toHaveLength(0);
    await person.click(within(dialog).getByRole('button', { name: 'Forget my readings' }));
    expect(await screen.findByText(/are forgotten/)).toBeInTheDocument();
    expect(asked).toHaveLength(1);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('give everything that is kept as a file', async () => {
    const files: Blob[] = [];
    Object.assign(URL, {
      createObjectURL: (file: Blob) => `blob:${files.push(file)}`,
      revokeObjectURL: () => undefined,
    });
    const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    answer('get', '/users/me/readings', { readings: [], calibration: null });
    const { person } = await renderApp('/me/readings');
    await person.click(await screen.findByRole('button', { name: 'Download' }));
    await waitFor(() => expect(saved).toHaveBeenCalledOnce());
    expect(await files[0]?.text()).toBe('{"readings":[],"calibration":null}');
  });

  it('are the operator’s where nothing is read; what is kept can still be forgotten', async () => {
    answer('get', '/emotion', { mode: 'off', model: '1', host: null });
    await renderApp('/me/readings');
    expect(await screen.findByText('Readings are off on this server')).toBeInTheDocument();
    expect(screen.queryByRole('radiogroup')).not.toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Forget my readings' })).toBeInTheDocument();
  });
});
