import { act, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { session } from '@/api/client';
import { dropInvite, keptInvite } from '@/features/rooms/join-invite';
import { aGroup, aPage } from '@/testing/messages';
import { aUser, tokensOf } from '@/testing/people';
import { anOpenPage, anOpenRoom, aPickup } from '@/testing/places';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const secret = anOpenRoom(31, 'Board games', { hasPassword: true });

beforeEach(() => {
  dropInvite();
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
  answer('get', '/rooms/open', anOpenPage([]));
});

describe('the link of an invite', () => {
  it('shows the room and lets in without the password; its token leaves the address', async () => {
    const shown = answer('post', '/invites', secret);
    const asked = answer('post', '/rooms/31/members', aGroup({ id: 31 }), 201);
    answer('get', '/rooms/31', aGroup({ id: 31 }));
    answer('get', '/rooms/31/messages', aPage([]));
    answer('get', '/rooms/31/members', { items: [] });
    const { person, router } = await renderApp('/join#abc.def');
    expect(await screen.findByRole('heading', { name: 'Board games' })).toBeInTheDocument();
    expect(router.state.location.href).toBe('/join');
    expect(shown[0]?.body).toEqual({ token: 'abc.def' });
    expect(screen.getByText(/you need no password/)).toBeInTheDocument();

    await person.click(screen.getByRole('button', { name: 'Join' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/rooms/31'));
    expect(asked[0]?.body).toEqual({ invite: 'abc.def' });
    expect(keptInvite()).toBeUndefined();
  });

  it('waits while a stranger logs in, and is in no address that a server sees', async () => {
    answer('post', '/invites', secret);
    const { person, router } = await renderApp('/join#abc.def', null);
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
    expect(router.state.location.href).toBe('/login?next=%2Fjoin');
    expect(await screen.findByText(/room you are invited to/)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Create an account' })).toHaveAttribute(
      'href',
      '/register?next=%2Fjoin',
    );
    answer('post', '/auth/login', tokensOf(aUser()));
    await person.type(screen.getByLabelText('E-mail'), 'jiho@example.org');
    await person.type(screen.getByLabelText('Password'), 'correct horse{Enter}');
    expect(await screen.findByRole('heading', { name: 'Board games' })).toBeInTheDocument();
  });

  it('waits while a stranger creates an account', async () => {
    answer('post', '/invites', secret);
    const { person } = await renderApp('/register?next=%2Fjoin#', null);
    sessionStorage.setItem('emosation.invite', 'abc.def');
    answer('post', '/auth/register', { user: aUser() }, 201);
    answer('post', '/auth/login', tokensOf(aUser()));
    await person.type(await screen.findByLabelText('E-mail'), 'minji@example.org');
    await person.type(screen.getByLabelText('Nickname'), '민지');
    await person.type(screen.getByLabelText('Password'), 'correct horse');
    await person.click(screen.getByRole('radio', { name: 'Yes, you may' }));
    await person.click(screen.getByRole('button', { name: 'Get started' }));
    expect(await screen.findByRole('heading', { name: 'Board games' })).toBeInTheDocument();
  });

  it('replaces an earlier one', async () => {
    answer('post', '/invites', secret);
    const { router } = await renderApp('/join#abc.def');
    await screen.findByRole('heading', { name: 'Board games' });
    const shown = answer('post', '/invites', anOpenRoom(32, 'Chess'));
    await act(() => router.navigate({ to: '/join', hash: 'other' }));
    expect(await screen.findByRole('heading', { name: 'Chess' })).toBeInTheDocument();
    expect(shown[0]?.body).toEqual({ token: 'other' });
  });

  it('leads right into a room that one is in', async () => {
    answer('post', '/invites', { ...secret, joined: true });
    await renderApp('/join#abc.def');
    expect(await screen.findByRole('button', { name: 'Open the room' })).toBeInTheDocument();
  });

  it('says when it has expired or was withdrawn', async () => {
    refuse('post', '/invites', { status: 403, code: 'room.invite_invalid' });
    await renderApp('/join#abc.def');
    expect(await screen.findByText('This invite does not work any more')).toBeInTheDocument();
    expect(screen.getByText(/expired or was withdrawn. Ask for a new one/)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Look at open rooms' })).toBeInTheDocument();
  });

  it('says what refuses it at the door', async () => {
    answer('post', '/invites', secret);
    refuse('post', '/rooms/31/members', { status: 403, code: 'room.kicked' });
    const { person } = await renderApp('/join#abc.def');
    await person.click(await screen.findByRole('button', { name: 'Join' }));
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(/were removed/));
    expect(screen.queryByRole('button', { name: 'Join' })).not.toBeInTheDocument();
  });

  it('comes too late when the order has started', async () => {
    answer('post', '/invites', { ...secret, ...aPickup(), phase: 'ORDER_STARTED' });
    await renderApp('/join#abc.def');
    expect(await screen.findByText(/order has started, so nobody can join/)).toBeInTheDocument();
  });

  it('can be opened again when the server did not answer', async () => {
    refuse('post', '/invites', { status: 500, code: 'server.failed' });
    const { person } = await renderApp('/join#abc.def');
    await screen.findByText('The invite could not be opened');
    answer('post', '/invites', secret);
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('heading', { name: 'Board games' })).toBeInTheDocument();
  });

  it('is missed when the address has none', async () => {
    await renderApp('/join');
    expect(await screen.findByText('The invite is missing')).toBeInTheDocument();
  });
});

it('takes an invite and the remembered neighbourhood along when somebody logs out', async () => {
  answer('post', '/invites', secret);
  localStorage.setItem('emosation.preferences', '{"zip":"90101"}');
  await renderApp('/join#abc.def');
  await screen.findByRole('heading', { name: 'Board games' });
  act(() => session.signOut());
  expect(keptInvite()).toBeUndefined();
  expect(localStorage.getItem('emosation.preferences')).not.toContain('90101');
});
