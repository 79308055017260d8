import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse, unreachable } from '@/testing/server';

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});

describe('my profile', () => {
  it('saves a new nickname', async () => {
    const asked = answer('patch', '/users/me', aUser({ nickname: 'Jiho H' }));
    const { person } = await renderApp('/me/profile');
    const field = await screen.findByLabelText('Nickname');
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    await person.type(field, ' H');
    await person.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Saved.')).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ nickname: 'Jiho H' });
  });

  it('does not send an empty one', async () => {
    const { person } = await renderApp('/me/profile');
    await person.clear(await screen.findByLabelText('Nickname'));
    await person.click(screen.getByRole('button', { name: 'Save' }));
    expect(screen.getByLabelText('Nickname')).toHaveAccessibleDescription(/1 to 30/);
  });
});

describe('who sees my readings', () => {
  it('changes at once', async () => {
    const asked = answer('patch', '/users/me', aUser({ shareReadings: 'off' }));
    const { person } = await renderApp('/me/readings');
    expect(await screen.findByRole('radio', { name: 'Everyone in the chat' })).toBeChecked();
    await person.click(screen.getByRole('radio', { name: 'Nobody' }));
    expect(screen.getByRole('radio', { name: 'Nobody' })).toBeChecked();
    await screen.findByText('Saved.');
    expect(asked[0]?.body).toEqual({ shareReadings: 'off' });
  });

  it('goes back to what is true when the server refuses, and says so', async () => {
    unreachable('patch', '/users/me');
    const { person } = await renderApp('/me/readings');
    await person.click(await screen.findByRole('switch', { name: 'Show readings to me' }));
    expect(await screen.findByText(/cannot be reached/)).toBeInTheDocument();
    expect(screen.getByRole('switch', { name: 'Show readings to me' })).toBeChecked();
  });
});

describe('appearance', () => {
  it('keeps the theme in this browser and the language with the account', async () => {
    const asked = answer('patch', '/users/me', aUser({ locale: 'ko' }));
    const { person } = await renderApp('/me/appearance');
    await person.click(await screen.findByRole('radio', { name: 'Dark' }));
    expect(document.documentElement).toHaveAttribute('data-theme', 'dark');
    expect(asked).toEqual([]);
    await person.click(screen.getByRole('radio', { name: '한국어' }));
    await waitFor(() => expect(asked[0]?.body).toEqual({ locale: 'ko' }));
    await person.click(screen.getByRole('radio', { name: 'System' }));
    expect(document.documentElement).not.toHaveAttribute('data-theme');
  });
});

describe('changing the password', () => {
  async function filled(next: string) {
    const { person } = await renderApp('/me/password');
    await person.type(await screen.findByLabelText('Current password'), 'old password');
    await person.type(screen.getByLabelText('New password'), next);
    await person.click(screen.getByRole('button', { name: 'Change' }));
  }

  it('asks for the old one', async () => {
    const asked = answer('put', '/users/me/password');
    await filled('correct horse');
    expect(await screen.findByText(/Your password is changed/)).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({
      currentPassword: 'old password',
      newPassword: 'correct horse',
    });
    expect(screen.getByLabelText('Current password')).toHaveValue('');
  });

  it('says at the field that the old one is wrong', async () => {
    refuse('put', '/users/me/password', { status: 422, code: 'auth.wrong_password' });
    await filled('correct horse');
    await waitFor(() =>
      expect(screen.getByLabelText('Current password')).toHaveAccessibleDescription(
        /not your current/,
      ),
    );
  });

  it('refuses a short one by itself', async () => {
    await filled('short');
    expect(screen.getByLabelText('New password')).toHaveAccessibleDescription(/at least 8/);
  });
});

describe('my devices', () => {
  const here = {
    id: 1,
    current: true,
    createdAt: '2026-11-01T00:00:00Z',
    lastSeenAt: '2026-11-20T00:00:00Z',
    expiresAt: '2026-12-20T00:00:00Z',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36',
    address: '203.0.113.7',
  };
  const there = { ...here, id: 2, current: false, userAgent: 'Mozilla/5.0 (iPhone) Safari/604.1' };

  it('can be logged out, all but this one', async () => {
    answer('get', '/auth/sessions', { items: [here, there] });
    const asked = answer('delete', '/auth/sessions/2');
    const { person } = await renderApp('/me/sessions');
    const row = (await screen.findByText('Chrome on Linux')).closest('li');
    expect(row).toHaveTextContent('This device');
    expect(within(row as HTMLElement).queryByRole('button')).not.toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Log out Safari on iOS' }));
    await waitFor(() => expect(screen.queryByText('Safari on iOS')).not.toBeInTheDocument());
    expect(asked).toHaveLength(1);
  });

  it('can be asked for again when they did not arrive', async () => {
    unreachable('get', '/auth/sessions');
    const { person } = await renderApp('/me/sessions');
    await screen.findByRole('alert');
    answer('get', '/auth/sessions', { items: [here] });
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Chrome on Linux')).toBeInTheDocument();
  });
});

describe('logging out', () => {
  it('leads to the welcome page', async () => {
    const asked = answer('post', '/auth/logout');
    const { person, router } = await renderApp('/me');
    await person.click(await screen.findByRole('button', { name: 'Log out' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/'));
    expect(asked).toHaveLength(1);
  });

  it('does not pretend when the server was not told', async () => {
    unreachable('post', '/auth/logout');
    const { person, router } = await renderApp('/me');
    await person.click(await screen.findByRole('button', { name: 'Log out' }));
    expect(await screen.findByText(/cannot be reached/)).toBeInTheDocument();
    expect(router.state.location.pathname).toBe('/me');
  });
});
