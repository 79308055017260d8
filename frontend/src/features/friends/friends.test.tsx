import { act, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { aFriend, aRoom } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse, unreachable } from '@/testing/server';

const minji = aFriend(2, 'Minji', { online: true });
const ben = aFriend(3, 'Ben');

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [minji, ben] });
});

describe('the list of friends', () => {
  it('puts those online first and says so', async () => {
    await renderApp('/friends');
    const online = (await screen.findByRole('heading', { name: /Friends online/ })).parentElement;
    expect(
      within(online as HTMLElement).getByRole('button', { name: 'Message Minji' }),
    ).toBeInTheDocument();
    expect(within(online as HTMLElement).getByRole('img', { name: 'Online' })).toBeInTheDocument();
    expect(within(online as HTMLElement).queryByText('Ben')).not.toBeInTheDocument();
  });

  it('is narrowed by the search', async () => {
    const { person } = await renderApp('/friends');
    await person.type(await screen.findByLabelText('Search friends by name'), 'be');
    expect(screen.queryByText('Minji')).not.toBeInTheDocument();
    await person.type(screen.getByLabelText('Search friends by name'), 'x');
    expect(screen.getByText('No friend matches “bex”.')).toBeInTheDocument();
    await person.keyboard('{Escape}');
    expect(screen.getByText('Minji')).toBeInTheDocument();
  });

  it('opens the direct room', async () => {
    const asked = answer('post', '/rooms/direct', aRoom(7, minji.user), 201);
    const { person, router } = await renderApp('/friends');
    await person.click(await screen.findByRole('button', { name: 'Message Minji' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/rooms/7'));
    expect(asked[0]?.body).toEqual({ userId: 2 });
  });

  it('invites to find somebody when there is nobody', async () => {
    answer('get', '/friends', { items: [] });
    await renderApp('/friends');
    expect(await screen.findByText('No friends yet')).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Find friends' })).toHaveAttribute(
      'href',
      '/friends/find',
    );
  });

  it('can be asked for again when it did not arrive', async () => {
    unreachable('get', '/friends');
    const { person } = await renderApp('/friends');
    await screen.findByText('This could not be loaded');
    answer('get', '/friends', { items: [minji] });
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Minji')).toBeInTheDocument();
  });

  it.each([
    ['Remove friend', 'Remove Minji from your friends?', 'delete', '/friends/2'],
    ['Block', 'Block Minji?', 'put', '/blocks/2'],
  ] as const)('asks before it does: %s', async (action, question, method, path) => {
    const asked = answer(method, path);
    const { person } = await renderApp('/friends');
    await person.click(await screen.findByRole('button', { name: 'Manage Minji' }));
    await person.click(screen.getByRole('menuitem', { name: action }));
    const dialog = screen.getByRole('dialog', { name: question });
    expect(asked).toHaveLength(0);
    answer('get', '/friends', { items: [ben] });
    await person.click(within(dialog).getByRole('button', { name: action }));
    await waitFor(() => expect(screen.queryByText('Minji')).not.toBeInTheDocument());
    expect(asked).toHaveLength(1);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('has a menu that works with the keyboard', async () => {
    const { person } = await renderApp('/friends');
    const button = await screen.findByRole('button', { name: 'Manage Minji' });
    button.focus();
    await person.keyboard('{Enter}');
    expect(screen.getByRole('menuitem', { name: 'Remove friend' })).toHaveFocus();
    await person.keyboard('{ArrowUp}');
    expect(screen.getByRole('menuitem', { name: 'Block' })).toHaveFocus();
    await person.keyboard('{Home}{Escape}');
    expect(screen.queryByRole('menu')).not.toBeInTheDocument();
    expect(button).toHaveFocus();
  });
});

describe('finding people', () => {
  const find = async (text: string) => {
    const { person } = await renderApp('/friends/find');
    await person.type(await screen.findByLabelText('Nickname or e-mail'), text);
    return person;
  };

  it('asks once the typing has stopped, and sends the request', async () => {
    const searched = answer('get', '/users', {
      items: [{ user: { id: 9, nickname: 'Haeun' }, friend: 'none' }],
    });
    const asked = answer('post', '/friends', aFriend(9, 'Haeun', { state: 'outgoing' }), 201);
    const person = await find('hae');
    const request = await screen.findByRole('button', { name: 'Add Haeun as a friend' });
    expect(searched.map(({ url }) => url.searchParams.get('query'))).toEqual(['hae']);
    await person.click(request);
    expect(await screen.findByText('Your request to Haeun is sent.')).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ userId: 9 });
  });

  it('offers what fits how somebody stands to me', async () => {
    answer('get', '/users', {
      items: [
        { user: { id: 2, nickname: 'Minji' }, friend: 'accepted' },
        { user: { id: 4, nickname: 'Mina' }, friend: 'outgoing' },
        { user: { id: 5, nickname: 'Mingyu' }, friend: 'incoming' },
      ],
    });
    await find('mi');
    const results = within(await screen.findByRole('region', { name: 'People found' }));
    for (const name of [
      'Message Minji',
      'Withdraw the request to Mina',
      'Decline Mingyu',
      'Accept Mingyu',
    ]) {
      expect(results.getByRole('button', { name })).toBeInTheDocument();
    }
  });

  it('says when nobody was found, and how an e-mail is found', async () => {
    answer('get', '/users', { items: [] });
    await find('nobody@');
    expect(await screen.findByText('Nobody was found for “nobody@”.')).toBeInTheDocument();
    expect(screen.getByText(/complete and exact/)).toBeInTheDocument();
  });

  it('says in words when it was too often', async () => {
    refuse('get', '/users', { status: 429, code: 'request.too_many' }, { 'Retry-After': '5' });
    await find('mi');
    expect(await screen.findByText(/try again in 5 seconds/)).toBeInTheDocument();
  });
});

describe('requests', () => {
  const yuna = aFriend(6, 'Yuna', { state: 'incoming' });
  const doyun = aFriend(7, 'Doyun', { state: 'outgoing' });

  it('are announced beside the section, and can be accepted', async () => {
    answer('get', '/friends', { items: [yuna, doyun] });
    const asked = answer('put', '/friends/6', { ...yuna, state: 'accepted' });
    const { person } = await renderApp('/friends/requests');
    const sections = await screen.findByRole('navigation', { name: 'Main menu' });
    await waitFor(() => expect(sections).toHaveTextContent('1 friend request'));
    answer('get', '/friends', { items: [{ ...yuna, state: 'accepted' }, doyun] });
    await person.click(await screen.findByRole('button', { name: 'Accept Yuna' }));
    expect(await screen.findByText('You and Yuna are friends now.')).toBeInTheDocument();
    expect(asked).toHaveLength(1);
    await waitFor(() => expect(sections).not.toHaveTextContent('friend request'));
  });

  it.each([
    ['Decline Yuna', '/friends/6', 'The request is declined.'],
    ['Withdraw the request to Doyun', '/friends/7', 'The request is withdrawn.'],
  ])('end by: %s', async (name, path, done) => {
    answer('get', '/friends', { items: [yuna, doyun] });
    const asked = answer('delete', path);
    const { person } = await renderApp('/friends/requests');
    await person.click(await screen.findByRole('button', { name }));
    expect(await screen.findByText(done)).toBeInTheDocument();
    expect(asked).toHaveLength(1);
  });

  it('hand the focus on to the next one, and then to the heading', async () => {
    const mina = aFriend(8, 'Mina', { state: 'incoming' });
    answer('get', '/friends', { items: [yuna, mina] });
    answer('put', '/friends/6', { ...yuna, state: 'accepted' });
    answer('put', '/friends/8', { ...mina, state: 'accepted' });
    const { person } = await renderApp('/friends/requests');
    const accept = await screen.findByRole('button', { name: 'Accept Yuna' });
    answer('get', '/friends', { items: [{ ...yuna, state: 'accepted' }, mina] });
    act(() => accept.focus());
    await person.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByRole('button', { name: 'Accept Mina' })).toHaveFocus());
    answer('get', '/friends', { items: [] });
    await person.keyboard('{Enter}');
    expect(await screen.findByText('No requests are waiting')).toBeInTheDocument();
    await waitFor(() =>
      expect(screen.getByRole('heading', { name: 'Friend requests' })).toHaveFocus(),
    );
  });

  it('may be none', async () => {
    await renderApp('/friends/requests');
    expect(await screen.findByText('No requests are waiting')).toBeInTheDocument();
  });
});

describe('blocked people', () => {
  it('can be unblocked', async () => {
    answer('get', '/blocks', {
      items: [{ user: { id: 8, nickname: 'Spam' }, since: '2026-10-01T00:00:00Z' }],
    });
    const asked = answer('delete', '/blocks/8');
    const { person } = await renderApp('/friends/blocked');
    const unblock = await screen.findByRole('button', { name: 'Unblock Spam' });
    answer('get', '/blocks', { items: [] });
    await person.click(unblock);
    expect(await screen.findByText('Nobody is blocked')).toBeInTheDocument();
    expect(asked).toHaveLength(1);
  });
});
