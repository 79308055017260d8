import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { aUser, tokensOf } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse, unreachable } from '@/testing/server';

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});

describe('a forgotten password', () => {
  it('leads from the log-in page to a mail, and says the same for every address', async () => {
    const asked = answer('post', '/auth/password-resets', undefined, 202);
    const { person } = await renderApp('/login', null);
    await person.click(await screen.findByRole('link', { name: 'Forgotten your password?' }));
    await person.click(await screen.findByRole('button', { name: 'Send me a link' }));
    expect(screen.getByLabelText('E-mail')).toHaveAccessibleDescription(/check the e-mail/);
    await person.type(screen.getByLabelText('E-mail'), ' jiho@example.org {Enter}');
    const heading = await screen.findByRole('heading', { name: 'Look into your mail' });
    expect(heading).toHaveFocus();
    expect(screen.getByText(/If there is an account for jiho@example.org/)).toBeInTheDocument();
    expect(asked[0]?.body).toEqual({ email: 'jiho@example.org' });
  });

  it('says where no mails are sent', async () => {
    refuse('post', '/auth/password-resets', { status: 503, code: 'mail.unavailable' });
    const { person } = await renderApp('/forgot', null);
    await person.type(await screen.findByLabelText('E-mail'), 'jiho@example.org{Enter}');
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(/sends no mails/));
  });
});

describe('the link of such a mail', () => {
  it('sets a new password without ever being in an address again', async () => {
    const asked = answer('post', '/auth/password-resets/redeem');
    const { person, router } = await renderApp('/reset#token=se-cret_1', null);
    expect(router.history.location.href).toBe('/reset');
    const field = await screen.findByLabelText('New password');
    await person.type(field, 'short{Enter}');
    expect(field).toHaveAccessibleDescription(/at least 8/);
    expect(asked).toEqual([]);
    await person.type(field, ' no more{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
    expect(asked[0]?.body).toEqual({ token: 'se-cret_1', newPassword: 'short no more' });
    expect(screen.getByText(/Log in with the new one/)).toBeInTheDocument();
  });

  it('offers another one when it was used, or when there is none', async () => {
    refuse('post', '/auth/password-resets/redeem', { status: 422, code: 'auth.link' });
    const { person } = await renderApp('/reset#token=used', null);
    await person.type(await screen.findByLabelText('New password'), 'correct horse{Enter}');
    await screen.findByRole('heading', { name: 'This link does not work' });
    await person.click(screen.getByRole('link', { name: 'Get a new link' }));
    expect(await screen.findByRole('button', { name: 'Send me a link' })).toBeInTheDocument();
    await renderApp('/reset', null);
    expect(
      await screen.findByRole('heading', { name: 'This link does not work' }),
    ).toBeInTheDocument();
  });

  it('works also for somebody who is signed in here, and ends that', async () => {
    answer('post', '/auth/password-resets/redeem');
    const { person, router } = await renderApp('/reset#token=mine');
    refuse('post', '/auth/refresh', { status: 401, code: 'auth.session_ended' });
    await person.type(await screen.findByLabelText('New password'), 'correct horse{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
  });
});

describe('a temporary password', () => {
  it('has to be replaced on the way in', async () => {
    refuse('post', '/auth/login', { status: 403, code: 'auth.must_reset' });
    const { person, router } = await renderApp('/login', null);
    await person.type(await screen.findByLabelText('E-mail'), 'jiho@example.org');
    await person.type(screen.getByLabelText('Password'), 'temporary{Enter}');
    const field = await screen.findByLabelText('New password');
    const asked = answer('post', '/auth/login', tokensOf(aUser()));
    await person.type(field, 'correct horse');
    await person.click(screen.getByRole('button', { name: 'Show: New password' }));
    expect(field).toHaveAttribute('type', 'text');
    await person.click(screen.getByRole('button', { name: 'Set it and log in' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/chats'));
    expect(asked[0]?.body).toEqual({
      email: 'jiho@example.org',
      password: 'temporary',
      newPassword: 'correct horse',
    });
  });

  it('that has come to its end meanwhile is a wrong one', async () => {
    refuse('post', '/auth/login', { status: 403, code: 'auth.must_reset' });
    const { person } = await renderApp('/login', null);
    await person.type(await screen.findByLabelText('E-mail'), 'jiho@example.org');
    await person.type(screen.getByLabelText('Password'), 'temporary{Enter}');
    const field = await screen.findByLabelText('New password');
    refuse('post', '/auth/login', { status: 401, code: 'auth.wrong_credentials' });
    await person.type(field, 'correct horse{Enter}');
    await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(/is not right/));
    await person.click(screen.getByRole('button', { name: 'Log in with another account' }));
    expect(screen.getByLabelText('Password')).toHaveValue('');
  });
});

describe('proving an e-mail', () => {
  it('happens when the link is opened, once', async () => {
    const asked = answer('post', '/auth/email-verifications/redeem');
    const { router } = await renderApp('/verify#token=abc', null);
    await screen.findByRole('heading', { name: 'Your e-mail is confirmed' });
    expect(router.history.location.href).toBe('/verify');
    expect(asked.map(({ body }) => body)).toEqual([{ token: 'abc' }]);
    expect(screen.getByRole('link', { name: 'Go to the log-in page' })).toBeInTheDocument();
  });

  it('says when the link is spent, and can be tried again without a server', async () => {
    unreachable('post', '/auth/email-verifications/redeem');
    const { person } = await renderApp('/verify#token=abc', null);
    await screen.findByRole('heading', { name: 'Your e-mail could not be confirmed' });
    refuse('post', '/auth/email-verifications/redeem', { status: 422, code: 'auth.link' });
    await person.click(screen.getByRole('button', { name: 'Try again' }));
    await screen.findByRole('heading', { name: 'This link does not work' });
  });

  it('is asked for in the profile as long as it is open, and mailed again at a press', async () => {
    const asked = answer('post', '/auth/email-verifications', undefined, 202);
    const { person } = await renderApp('/me/profile', aUser({ emailVerified: false }));
    await person.click(await screen.findByRole('button', { name: 'Send the mail again' }));
    expect(await screen.findByText(/The mail is on its way/)).toBeInTheDocument();
    expect(asked).toHaveLength(1);
    expect(screen.queryByRole('button', { name: 'Send the mail again' })).not.toBeInTheDocument();
  });

  it.each([
    ['mail.unavailable', 503, /sends no mails/],
    ['request.too_many', 429, /Please try again in/],
  ])('says so when it cannot be mailed: %s', async (code, status, words) => {
    refuse('post', '/auth/email-verifications', { status, code });
    const { person } = await renderApp('/me/profile', aUser({ emailVerified: false }));
    await person.click(await screen.findByRole('button', { name: 'Send the mail again' }));
    expect(await screen.findByText(words)).toBeInTheDocument();
  });

  it('is no matter once it is done', async () => {
    await renderApp('/me/profile');
    await screen.findByLabelText('Nickname');
    expect(screen.queryByText(/not confirmed/)).not.toBeInTheDocument();
  });
});
