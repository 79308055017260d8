import { act, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { session } from '@/api/client';
import { applyFrame } from '@/app/apply-frame';
import { preferences } from '@/lib/preferences';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, unreachable } from '@/testing/server';

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});

it('asks strangers to log in, and remembers where they were going', async () => {
  const { router } = await renderApp('/rooms/12?at=340', null);
  await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
  expect(router.state.location.search).toEqual({ next: '/rooms/12?at=340' });
});

it('goes to the log-in page and says why when the session has ended', async () => {
  const { router } = await renderApp('/friends');
  await screen.findByText('No friends yet');
  answer('post', '/auth/refresh', { code: 'auth.session_ended' }, 401);
  await act(() => session.renewed('access'));
  await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
  expect(await screen.findByText(/Your session has ended/)).toBeInTheDocument();
});

it('marks the section one is in', async () => {
  await renderApp('/friends/blocked');
  const link = await screen.findByRole('link', { name: 'Friends' });
  expect(link).toHaveAttribute('aria-current');
  expect(screen.getByRole('link', { name: 'Chats' })).not.toHaveAttribute('aria-current');
});

it('lets the keyboard skip to the content', async () => {
  await renderApp('/friends/find');
  const skip = await screen.findByRole('link', { name: 'Skip to content' });
  expect(document.querySelector(skip.getAttribute('href') ?? '')).toBeInTheDocument();
});

it('lists the shortcuts at "?", but not while one types', async () => {
  const { person } = await renderApp('/friends/find');
  await person.type(await screen.findByLabelText('Nickname or e-mail'), '?');
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  act(() => (document.activeElement as HTMLElement).blur());
  await person.keyboard('?');
  expect(screen.getByRole('dialog', { name: 'Keyboard shortcuts' })).toHaveTextContent('Next chat');
});

it('speaks the language that the account is told to speak on another device', async () => {
  const { cache } = await renderApp('/friends');
  await screen.findByText('No friends yet');
  answer('get', '/users/me', aUser({ locale: 'ko' }));
  act(() => applyFrame(cache, { type: 'me' }, vi.fn()));
  await waitFor(() => expect(preferences().locale).toBe('ko'));
});

it('says that there is no page here', async () => {
  await renderApp('/nowhere');
  expect(await screen.findByRole('heading', { name: 'There is nothing here' })).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Go to the start' })).toBeInTheDocument();
});

describe('without a network', () => {
  it('says so in a bar, as long as it lasts', async () => {
    await renderApp('/chats');
    await screen.findByText('No chats yet');
    const online = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    act(() => void window.dispatchEvent(new Event('offline')));
    expect(screen.getByText(/You are offline/)).toBeInTheDocument();
    online.mockReturnValue(true);
    act(() => void window.dispatchEvent(new Event('online')));
    expect(screen.queryByText(/You are offline/)).not.toBeInTheDocument();
  });

  it('keeps somebody signed in who opens the page', async () => {
    const { person } = await renderApp('/chats', null);
    unreachable('post', '/auth/refresh');
    await act(() => session.restore());
    expect(await screen.findByRole('heading', { name: /cannot be reached/ })).toBeInTheDocument();
    answer('post', '/auth/refresh', { code: 'auth.unauthenticated' }, 401);
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('button', { name: 'Log in' })).toBeInTheDocument();
  });
});
