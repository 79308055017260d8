import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Schema } from '@/api/client';
import { aGroup, aPage } from '@/testing/messages';
import { anOpenPage, anOpenRoom, aPickup } from '@/testing/places';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const games = anOpenRoom(31, 'Board games');
const secret = anOpenRoom(31, 'Board games', { hasPassword: true });
const joined = aGroup({ id: 31, title: 'Board games' });

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});

async function sheetOf(room: Schema<'OpenRoom'>) {
  answer('get', '/rooms/open', anOpenPage([room]));
  const view = await renderApp('/discover');
  await view.person.click(await screen.findByRole('button', { name: room.title }));
  const sheet = within(screen.getByRole('dialog', { name: room.title }));
  return { ...view, sheet };
}

/** Everything a joined room's own page asks for. */
function answerRoom() {
  answer('get', '/rooms/31', joined);
  answer('get', '/rooms/31/messages', aPage([]));
  answer('get', '/rooms/31/members', { items: [] });
}

describe('the sheet of a room', () => {
  it('tells what the room is like', async () => {
    const { sheet } = await sheetOf(anOpenRoom(31, 'Noodles', aPickup(43)));
    const facts = sheet.getByText('Host').closest('dl');
    expect(facts).toHaveTextContent(/Host.*Minji.*3 of 12 seats taken.*9 seats are free/);
    expect(facts).toHaveTextContent(/Open to everybody.*Store 5.*Snacks.*Box 8.*Moon Street 8/);
    expect(facts).toHaveTextContent(/Gathering.*4[23]:\d\d left/);
  });

  it('lets in with one press when there is no password', async () => {
    answerRoom();
    const asked = answer('post', '/rooms/31/members', joined, 201);
    const { sheet, person, router } = await sheetOf(games);
    expect(sheet.queryByLabelText('Password of the room')).not.toBeInTheDocument();
    await person.click(sheet.getByRole('button', { name: 'Join' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/rooms/31'));
    expect(asked[0]?.body).toEqual({});
  });

  it('asks for the password, says when it is wrong, and keeps it to be corrected', async () => {
    answerRoom();
    const { sheet, person, router } = await sheetOf(secret);
    const field = sheet.getByLabelText('Password of the room');
    await person.click(sheet.getByRole('button', { name: 'Join' }));
    expect(field).toHaveAccessibleDescription('Please enter the password.');
    expect(field).toHaveFocus();

    refuse('post', '/rooms/31/members', { status: 403, code: 'room.password_wrong' });
    await person.type(field, 'sunlight{Enter}');
    await waitFor(() => expect(field).toHaveAccessibleDescription(/not the password/));
    expect(field).toHaveValue('sunlight');

    const asked = answer('post', '/rooms/31/members', joined, 201);
    await person.clear(field);
    await person.type(field, 'moonlight{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/rooms/31'));
    expect(asked[0]?.body).toEqual({ password: 'moonlight' });
  });

  it('says how long to wait after too many passwords', async () => {
    refuse(
      'post',
      '/rooms/31/members',
      { status: 429, code: 'request.too_many' },
      { 'Retry-After': '12' },
    );
    const { sheet, person } = await sheetOf(secret);
    const field = sheet.getByLabelText('Password of the room');
    await person.type(field, 'sunlight{Enter}');
    await waitFor(() => expect(field).toHaveAccessibleDescription(/too many tries.*in 12 seconds/));
  });

  it('asks for a password that was set meanwhile', async () => {
    refuse('post', '/rooms/31/members', { status: 403, code: 'room.password_required' });
    const { sheet, person } = await sheetOf(games);
    await person.click(sheet.getByRole('button', { name: 'Join' }));
    expect(await sheet.findByLabelText('Password of the room')).toHaveAccessibleDescription(
      /asks for a password/,
    );
  });

  it.each([
    [409, 'room.closed', 'This room has ended, so nobody can join any more.'],
    [409, 'room.joining_closed', 'The order has started, so nobody can join any more.'],
    [403, 'room.kicked', 'You were removed from this room and cannot come back.'],
    [404, 'room.not_found', 'This room is not there any more.'],
  ])('says what a %i %s means, and offers no more tries', async (status, code, words) => {
    refuse('post', '/rooms/31/members', { status, code });
    const { sheet, person } = await sheetOf(games);
    await person.click(sheet.getByRole('button', { name: 'Join' }));
    await waitFor(() => expect(sheet.getByRole('alert')).toHaveTextContent(words));
    expect(sheet.queryByRole('button', { name: 'Join' })).not.toBeInTheDocument();
  });

  it('can be tried again when the room was full', async () => {
    answerRoom();
    refuse('post', '/rooms/31/members', { status: 409, code: 'room.full' });
    const { sheet, person, router } = await sheetOf(games);
    await person.click(sheet.getByRole('button', { name: 'Join' }));
    await waitFor(() => expect(sheet.getByRole('alert')).toHaveTextContent(/Every seat.*taken/));
    answer('post', '/rooms/31/members', joined, 201);
    await person.click(sheet.getByRole('button', { name: 'Join' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/rooms/31'));
  });

  it('asks nobody when it is known that the order has started', async () => {
    const { sheet } = await sheetOf(
      anOpenRoom(31, 'Noodles', { ...aPickup(), phase: 'ORDER_STARTED' }),
    );
    expect(sheet.getByRole('alert')).toHaveTextContent(/order has started/);
    expect(sheet.queryByRole('button', { name: 'Join' })).not.toBeInTheDocument();
  });
});
