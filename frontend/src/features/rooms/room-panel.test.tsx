import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { aGroup, aMember, aPickupRoom } from '@/testing/messages';
import { renderRoom } from '@/testing/render-room';
import { answer, refuse } from '@/testing/server';

afterEach(() => vi.unstubAllGlobals());

const press = (name: string) => screen.findByRole('button', { name });
const dialog = () => within(screen.getByRole('dialog'));
const atRoom = { search: '?pane=room' };
const member = { ...atRoom, room: aGroup({ host: 2 }) };

describe('members', () => {
  const row = async (name: string) =>
    (await screen.findByText(name, { selector: 'li *' })).closest('li') as HTMLElement;
  const atMembers = { search: '?pane=members' };

  it('are listed as they came, with host, me and who is there; former ones are not', async () => {
    await renderRoom({
      ...atMembers,
      room: aGroup({ host: 2 }),
      members: [
        aMember(2, 0),
        { ...aMember(1, 0), online: false },
        aMember(3, 0),
        { ...aMember(4, 0), state: 'left' },
        { ...aMember(5, 0), state: 'kicked' },
      ],
    });
    const list = await screen.findByRole('list', { name: 'In this room' });
    const rows = within(list).getAllByRole('listitem');
    expect(rows.map((one) => one.textContent)).toEqual([
      expect.stringMatching(/Ben.*Host/),
      expect.stringMatching(/Minji.*You/),
      expect.stringMatching(/Cho/),
    ]);
    expect(within(list).getAllByRole('img', { name: 'Online' })).toHaveLength(2);
    expect(within(list).queryByRole('button')).not.toBeInTheDocument();
  });

  it('are put out by the host, who is told that it is final', async () => {
    const asked = answer('delete', '/rooms/7/members/3');
    const { person } = await renderRoom(atMembers);
    await row('Cho');
    expect(screen.queryByRole('button', { name: 'More for Minji' })).not.toBeInTheDocument();
    await person.click(await press('More for Cho'));
    await person.click(screen.getByRole('menuitem', { name: 'Remove from the room' }));
    expect(screen.getByRole('dialog')).toHaveTextContent(/final: Cho cannot come back/);
    answer('get', '/rooms/7', aGroup({ memberCount: 2, version: 5 }));
    await person.click(dialog().getByRole('button', { name: 'Remove for good' }));
    await waitFor(() =>
      expect(screen.queryByText('Cho', { selector: 'li *' })).not.toBeInTheDocument(),
    );
    expect(asked).toHaveLength(1);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('become host, and I am not any more', async () => {
    const asked = answer('put', '/rooms/7/host', aGroup({ host: 2, version: 5 }));
    const { person } = await renderRoom(atMembers);
    await person.click(await press('More for Ben'));
    await person.click(screen.getByRole('menuitem', { name: 'Make host' }));
    await person.click(dialog().getByRole('button', { name: 'Make host' }));
    await waitFor(async () => expect(await row('Ben')).toHaveTextContent('Host'));
    expect(asked[0]?.body).toEqual({ userId: 2 });
    expect(screen.queryByRole('button', { name: /^More for/ })).not.toBeInTheDocument();
  });

  it('that are gone already are said to be', async () => {
    refuse('delete', '/rooms/7/members/3', { status: 404, code: 'member.not_found' });
    const { person } = await renderRoom(atMembers);
    await person.click(await press('More for Cho'));
    await person.click(screen.getByRole('menuitem', { name: 'Remove from the room' }));
    await person.click(dialog().getByRole('button', { name: 'Remove for good' }));
    expect(await screen.findByText('This person is not in the room any more.')).toBeInTheDocument();
  });
});

describe('the steps of an order', () => {
  it('say where it is', async () => {
    await renderRoom({ ...atRoom, room: aPickupRoom({ phase: 'ORDER_COMPLETED', host: 2 }) });
    const now = await screen.findByText('Ordered', { selector: '[aria-current=step]' });
    const steps = within(now.closest('ol') as HTMLElement).getAllByRole('listitem');
    expect(steps.map((step) => step.dataset.state)).toEqual([
      'done',
      'done',
      'now',
      'ahead',
      'ahead',
    ]);
    expect(screen.queryByRole('button', { name: /delivery/ })).not.toBeInTheDocument();
  });

  it('are taken by the host, who is asked before nobody can join any more', async () => {
    const started = aPickupRoom({ phase: 'ORDER_STARTED', version: 5 });
    const asked = answer('put', '/rooms/7/phase', started);
    const { person } = await renderRoom({ ...atRoom, room: aPickupRoom() });
    await person.click(await press('Start the order'));
    expect(asked).toHaveLength(0);
    expect(screen.getByRole('dialog')).toHaveTextContent('nobody can join this room any more');
    await person.click(dialog().getByRole('button', { name: 'Start the order' }));
    await person.click(await press('The order is placed'));
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked.map(({ body }) => body)).toEqual([
      { phase: 'ORDER_STARTED' },
      { phase: 'ORDER_COMPLETED' },
    ]);
    expect(asked.map(({ headers }) => headers.get('If-Match'))).toEqual(['"4"', '"5"']);
  });

  it('end at the last one', async () => {
    await renderRoom({ ...atRoom, room: aPickupRoom({ phase: 'DELIVERED' }) });
    expect(await screen.findByText('Arrived', { selector: '[aria-current=step]' })).toBeVisible();
    expect(screen.queryByRole('button', { name: /arrived|placed|order$/ })).not.toBeInTheDocument();
  });
});

describe('the time of a room', () => {
  it('is extended by the host, and counts how often', async () => {
    const later = aPickupRoom({ extensions: 3, version: 5 });
    const asked = answer('post', '/rooms/7/extensions', later);
    const { person } = await renderRoom({ ...atRoom, room: aPickupRoom({ extensions: 2 }) });
    expect(await screen.findByText('1 of 3 extensions left.')).toBeInTheDocument();
    await person.click(await press('2 hours longer'));
    expect(await screen.findByText(/cannot be extended again/)).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ hours: 2 });
    expect(asked[0]?.headers.get('If-Match')).toBe('"4"');
    expect(screen.queryByRole('button', { name: /longer/ })).not.toBeInTheDocument();
  });

  it('is only shown to the others', async () => {
    await renderRoom({ ...atRoom, room: aPickupRoom({ host: 2 }) });
    expect(await screen.findByText(/^The room closes at/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /longer/ })).not.toBeInTheDocument();
  });

  it('says when somebody else was faster, and shows the room as it is now', async () => {
    refuse('post', '/rooms/7/extensions', { status: 412, code: 'room.version' });
    const { person } = await renderRoom({ ...atRoom, room: aPickupRoom() });
    answer('get', '/rooms/7', aPickupRoom({ extensions: 1, version: 5 }));
    await person.click(await press('1 hour longer'));
    expect(await screen.findByText(/The room has changed in the meantime/)).toBeInTheDocument();
    expect(await screen.findByText('2 of 3 extensions left.')).toBeInTheDocument();
  });
});

describe('drawing lots', () => {
  it('is for everybody; the server draws, and the result stands there', async () => {
    const asked = answer('post', '/rooms/7/draws', { users: [3, 1] }, 201);
    const { person } = await renderRoom(member);
    await person.click(await press('One person more'));
    await person.click(await press('Draw'));
    const result = await screen.findByText('Drawn');
    expect(result.parentElement).toHaveAttribute('role', 'status');
    const names = within(result.parentElement as HTMLElement).getAllByRole('listitem');
    expect(names.map((name) => name.lastChild?.textContent)).toEqual(['Cho', 'You']);
    expect(asked[0]?.body).toEqual({ count: 2 });
  });

  it('asks who was drawn when the answer was lost, and draws anew when it was not', async () => {
    const { person } = await renderRoom(member);
    const failed = answer('post', '/rooms/7/draws', { code: 'server.failed', detail: '' }, 500);
    await person.click(await press('Draw'));
    expect(await screen.findByText(/Something went wrong/)).toBeInTheDocument();
    const asked = answer('post', '/rooms/7/draws', { users: [3] }, 200);
    await person.click(await press('Draw'));
    await screen.findByText('Drawn');
    await person.click(await press('Draw'));
    await waitFor(() => expect(asked).toHaveLength(2));
    const [lost, again, anew] = [...failed, ...asked].map((one) =>
      one.headers.get('Idempotency-Key'),
    );
    expect(lost).toMatch(/^[0-9a-f-]{36}$/);
    expect(again).toBe(lost);
    expect(anew).not.toBe(lost);
  });

  it('draws no more than there are, and says when it has to wait', async () => {
    refuse(
      'post',
      '/rooms/7/draws',
      { status: 429, code: 'request.too_many' },
      { 'Retry-After': '5' },
    );
    const { person } = await renderRoom(member);
    const count = await screen.findByRole('textbox', { name: 'How many people' });
    await person.clear(count);
    await person.type(count, '99{Enter}');
    expect(count).toHaveValue('3');
    expect(await screen.findByText(/try again in 5 seconds/)).toBeInTheDocument();
  });
});

describe('invites', () => {
  it('are links for a while that can be copied', async () => {
    const asked = answer(
      'post',
      '/rooms/7/invites',
      { token: 'abc.def', expiresAt: '2031-01-02T03:00:00Z' },
      201,
    );
    await renderRoom(atRoom);
    const person = userEvent.setup(); // Brings a clipboard.
    await person.click(await screen.findByRole('radio', { name: '7 days' }));
    await person.click(await press('Make a link'));
    const link = `${location.origin}/join#abc.def`;
    const field = await screen.findByRole('textbox', { name: 'Invite link' });
    expect(field).toHaveValue(link);
    expect(field).toHaveAccessibleDescription(/^Works until .*2031/);
    await person.click(await press('Copy the link'));
    expect(await navigator.clipboard.readText()).toBe(link);
    expect(asked[0]?.body).toEqual({ hours: 168 });
  });

  it('are withdrawn all at once', async () => {
    answer('post', '/rooms/7/invites', { token: 'abc', expiresAt: '2031-01-02T03:00:00Z' }, 201);
    const asked = answer('delete', '/rooms/7/invites');
    const { person } = await renderRoom(atRoom);
    await person.click(await press('Make a link'));
    await screen.findByRole('textbox', { name: 'Invite link' });
    await person.click(await press('Withdraw all invites'));
    await person.click(dialog().getByRole('button', { name: 'Withdraw all invites' }));
    await waitFor(() =>
      expect(screen.queryByRole('textbox', { name: 'Invite link' })).not.toBeInTheDocument(),
    );
    expect(asked).toHaveLength(1);
  });

  it('are not for members, nor for rooms that nobody can join any more', async () => {
    const { unmount } = await renderRoom(member);
    await press('Leave the room');
    expect(screen.queryByRole('button', { name: 'Make a link' })).not.toBeInTheDocument();
    unmount();
    await renderRoom({ ...atRoom, room: aPickupRoom({ phase: 'ORDER_STARTED' }) });
    await press('Leave the room');
    expect(screen.queryByRole('button', { name: 'Make a link' })).not.toBeInTheDocument();
  });
});

describe('settings', () => {
  const title = () => screen.findByRole('textbox', { name: 'Title' });
  const seats = () => screen.getByRole('textbox', { name: 'Seats' });

  it('send what was changed, with the version that was seen', async () => {
    const asked = answer('patch', '/rooms/7', aGroup({ title: 'Early snack', version: 5 }));
    const { person } = await renderRoom(atRoom);
    const save = await press('Save');
    expect(save).toBeDisabled();
    await person.clear(await title());
    await person.type(await title(), ' Early snack ');
    await person.click(save);
    expect(
      await screen.findByRole('heading', { name: 'Early snack', level: 1 }),
    ).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ title: 'Early snack' });
    expect(asked[0]?.headers.get('If-Match')).toBe('"4"');
    expect(save).toBeDisabled();
  });

  it('are checked before they are sent', async () => {
    const asked = answer('patch', '/rooms/7', aGroup());
    const { person } = await renderRoom(atRoom);
    await person.clear(await title());
    await person.clear(seats());
    await person.type(seats(), '2');
    await person.click(await press('Save'));
    expect(await title()).toHaveAccessibleDescription(/title of 1 to 60 letters/);
    expect(seats()).toHaveAccessibleDescription(/number from 3 to 100/);
    expect(asked).toHaveLength(0);
  });

  it.each([
    ['room.title_taken', 'Title', /open room with this title already/],
    ['room.too_small', 'Seats', /more members than that/],
  ])('say beside the field why they were refused: %s', async (code, field, words) => {
    refuse('patch', '/rooms/7', { status: 409, code });
    const { person } = await renderRoom(atRoom);
    await person.type(await title(), '!');
    await person.clear(seats());
    await person.type(seats(), '3{Enter}');
    await waitFor(() =>
      expect(screen.getByRole('textbox', { name: field })).toHaveAccessibleDescription(words),
    );
    expect(await title()).toHaveValue('Late snack!');
  });

  it('keep what was typed when the room has changed meanwhile', async () => {
    refuse('patch', '/rooms/7', { status: 412, code: 'room.version' });
    const { person } = await renderRoom(atRoom);
    await person.type(await title(), '!');
    answer('get', '/rooms/7', aGroup({ capacity: 9, version: 8 }));
    await person.click(await press('Save'));
    expect(await screen.findByText(/changed in the meantime.*still here/)).toBeInTheDocument();
    expect(await title()).toHaveValue('Late snack!');
    await waitFor(() => expect(seats()).toHaveValue('9'));
    const asked = answer('patch', '/rooms/7', aGroup({ title: 'Late snack!', version: 9 }));
    await person.click(await press('Save'));
    await waitFor(() => expect(asked[0]?.headers.get('If-Match')).toBe('"8"'));
    expect(asked[0]?.body).toEqual({ title: 'Late snack!' });
  });

  it('set a password, change it and remove it', async () => {
    const withOne = aGroup({ hasPassword: true, version: 5 });
    const asked = answer('patch', '/rooms/7', withOne);
    const { person } = await renderRoom(atRoom);
    await person.click(await press('Set a password'));
    const field = screen.getByLabelText('New password');
    await person.type(field, 'abc{Enter}');
    expect(field).toBeInvalid();
    await person.type(field, 'd{Enter}');
    expect(await screen.findByText('This room has a password.')).toBeInTheDocument();
    expect(screen.queryByLabelText('New password')).not.toBeInTheDocument();
    await person.click(await press('Change the password'));
    await person.click(await press('Cancel'));
    await person.click(await press('Remove the password'));
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked.map(({ body }) => body)).toEqual([{ password: 'abcd' }, { removePassword: true }]);
  });

  it('are the host’s alone', async () => {
    await renderRoom(member);
    await press('Leave the room');
    expect(screen.queryByRole('textbox', { name: 'Title' })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Close the room' })).not.toBeInTheDocument();
  });
});

describe('leaving', () => {
  it.each([
    ['the host', atRoom, /^Leave “Late snack”\?.*Ben becomes the host\. You can come back/],
    ['a member', member, /^Leave “Late snack”\?You can come back/],
    [
      'the last one',
      { ...atRoom, room: aPickupRoom({ memberCount: 1 }), members: [aMember(1, 0)] },
      /You are the last one here, so the room is closed\. Its box is free/,
    ],
    [
      'a member after the start of the order',
      { ...atRoom, room: aPickupRoom({ host: 2, phase: 'DELIVERED' }) },
      /The order has started, so you cannot come back/,
    ],
    [
      'a member of a closed room',
      { ...atRoom, room: aGroup({ state: 'closed' }) },
      /you cannot read it any more/,
    ],
  ])('says what comes of it, to %s', async (_who, world, words) => {
    const { person } = await renderRoom(world);
    await screen.findByRole('tab', { name: 'Room' });
    await person.click(await press('Leave the room'));
    await waitFor(() => expect(screen.getByRole('dialog')).toHaveTextContent(words));
  });

  it('that fails says why, and one is still there', async () => {
    refuse('delete', '/rooms/7/members/me', { status: 503, code: 'message.not_stored' });
    const { person, router } = await renderRoom(atRoom);
    await person.click(await press('Leave the room'));
    await person.click(screen.getByRole('button', { name: 'Leave' }));
    expect(await screen.findByText(/The server is busy/)).toBeInTheDocument();
    expect(router.state.location.pathname).toBe('/rooms/7');
  });
});

it('is closed by its host after a question, and leaves nothing to change', async () => {
  const closed = aPickupRoom({ state: 'closed', version: 5, closesAt: '2026-11-21T03:00:00Z' });
  const asked = answer('post', '/rooms/7/close', closed);
  const { person } = await renderRoom({ ...atRoom, room: aPickupRoom() });
  await person.click(await press('Close the room'));
  expect(screen.getByRole('dialog')).toHaveTextContent('Everybody here can still read it.');
  await person.click(dialog().getByRole('button', { name: 'Close it for good' }));
  expect(await screen.findByText(/^The room closed at/)).toBeInTheDocument();
  expect(asked[0]?.headers.get('If-Match')).toBe('"4"');
  for (const gone of ['Draw', 'Save', 'Make a link', 'Start the order', 'Close the room']) {
    expect(screen.queryByRole('button', { name: gone })).not.toBeInTheDocument();
  }
  expect(await press('Leave the room')).toBeInTheDocument();
});
