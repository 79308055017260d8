import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { aUser, tokensOf } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

describe('the welcome page', () => {
  it('says what this is and leads to both forms', async () => {
    await renderApp('/', null);
    expect(await screen.findByRole('heading', { level: 1 })).toHaveTextContent('feeling');
    expect(screen.getByRole('link', { name: 'Create an account' })).toHaveAttribute(
      'href',
      '/register',
    );
    expect(screen.getByRole('link', { name: 'Log in' })).toHaveAttribute('href', '/login');
    expect(document.title).toBe('Welcome · Emosation');
  });

  it('is passed by those who are signed in', async () => {
    answer('get', '/rooms', { items: [] });
    answer('get', '/friends', { items: [] });
    const { router } = await renderApp('/');
    await waitFor(() => expect(router.state.location.pathname).toBe('/chats'));
  });
});

describe('logging in', () => {
  it('goes to the page that was asked for', async () => {
    const { router, person } = await renderApp('/me/sessions', null);
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
    const asked = answer('post', '/auth/login', tokensOf(aUser()));
    answer('get', '/auth/sessions', { items: [] });
    answer('get', '/rooms', { items: [] });
    answer('get', '/friends', { items: [] });
    await person.type(await screen.findByLabelText('E-mail'), ' jiho@example.org ');
    await person.type(screen.getByLabelText('Password'), 'correct horse');
    await person.click(screen.getByRole('button', { name: 'Log in' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/me/sessions'));
    expect(asked[0]?.body).toEqual({ email: 'jiho@example.org', password: 'correct horse' });
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example'])(
    'goes to no other site: %s',
    async (next) => {
      const { router, person } = await renderApp(`/login?next=${encodeURIComponent(next)}`, null);
      answer('post', '/auth/login', tokensOf(aUser()));
      answer('get', '/rooms', { items: [] });
      answer('get', '/friends', { items: [] });
      await person.type(await screen.findByLabelText('E-mail'), 'jiho@example.org');
      await person.type(screen.getByLabelText('Password'), 'correct horse{Enter}');
      await waitFor(() => expect(router.state.location.pathname).toBe('/chats'));
    },
  );

  it('marks what is missing, puts the focus there, and asks nobody', async () => {
    const { person } = await renderApp('/login', null);
    await person.click(await screen.findByRole('button', { name: 'Log in' }));
    expect(screen.getByLabelText('E-mail')).toHaveFocus();
    expect(screen.getByLabelText('E-mail')).toHaveAccessibleDescription(/check the e-mail/);
    expect(screen.getByLabelText('Password')).toBeInvalid();
  });

  it.each([
    [401, 'auth.wrong_credentials', {}, 'The e-mail or the password is not right.'],
    [429, 'request.too_many', { 'Retry-After': '40' }, 'Please try again in 40 seconds.'],
    [503, 'account.busy', { 'Retry-After': '2' }, 'Please try again in 2 seconds.'],
  ])(
    'says in words what a %i means, and keeps what was typed',
    async (status, code, headers, words) => {
      refuse('post', '/auth/login', { status, code }, headers);
      const { person } = await renderApp('/login', null);
      await person.type(await screen.findByLabelText('E-mail'), 'jiho@example.org');
      await person.type(screen.getByLabelText('Password'), 'wrong{Enter}');
      await waitFor(() => expect(screen.getByRole('alert')).toHaveTextContent(words));
      expect(screen.getByLabelText('E-mail')).toHaveValue('jiho@example.org');
    },
  );

  it('can show the password', async () => {
    const { person } = await renderApp('/login', null);
    const field = await screen.findByLabelText('Password');
    expect(field).toHaveAttribute('type', 'password');
    await person.click(screen.getByRole('button', { name: 'Show: Password' }));
    expect(field).toHaveAttribute('type', 'text');
  });
});

describe('registering', () => {
  async function filled() {
    const { person, router } = await renderApp('/register', null);
    await person.type(await screen.findByLabelText('E-mail'), 'minji@example.org');
    await person.type(screen.getByLabelText('Nickname'), '민지');
    await person.type(screen.getByLabelText('Password'), 'correct horse');
    const submit = () => person.click(screen.getByRole('button', { name: 'Get started' }));
    return { person, router, submit };
  }

  it('asks for consent in its own question, with no answer chosen beforehand', async () => {
    const { submit } = await filled();
    const question = screen.getByRole('radiogroup', {
      name: 'May the feeling in your messages be read?',
    });
    expect(
      screen.getAllByRole('radio').filter((radio) => (radio as HTMLInputElement).checked),
    ).toEqual([]);
    await submit();
    expect(question).toHaveAccessibleDescription(/choose one of the two/);
  });

  it.each([
    ['Yes, you may', true],
    ['No, please don’t', false],
  ])('sends the answer %j, signs in, and shows the first cards', async (name, emotionConsent) => {
    const asked = answer('post', '/auth/register', { user: aUser() }, 201);
    answer('post', '/auth/login', tokensOf(aUser()));
    answer('get', '/rooms', { items: [] });
    answer('get', '/friends', { items: [] });
    const { person, router, submit } = await filled();
    await person.click(screen.getByRole('radio', { name }));
    await submit();
    await waitFor(() => expect(router.state.location.pathname).toBe('/chats'));
    expect(asked[0]?.body).toEqual({
      email: 'minji@example.org',
      nickname: '민지',
      password: 'correct horse',
      emotionConsent,
      locale: 'en',
    });

    expect(await screen.findByRole('dialog', { name: 'What is a reading?' })).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Next' }));
    expect(screen.getByRole('dialog', { name: 'Who sees it?' })).toHaveTextContent('Card 2 of 3');
    await person.click(screen.getByRole('button', { name: 'Skip' }));
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('asks for no consent where nothing is read, and gives none', async () => {
    answer('get', '/emotion', { mode: 'off', model: '1', host: null });
    answer('get', '/rooms', { items: [] });
    answer('get', '/friends', { items: [] });
    const asked = answer('post', '/auth/register', { id: 1 }, 201);
    answer('post', '/auth/login', tokensOf(aUser()));
    const { submit, router } = await filled();
    expect(await screen.findByText(/switched off on this server/)).toBeInTheDocument();
    expect(screen.queryByRole('radiogroup')).not.toBeInTheDocument();
    await submit();
    await waitFor(() => expect(router.state.location.pathname).toBe('/chats'));
    expect(asked[0]?.body).toMatchObject({ emotionConsent: false });
  });

  it('shows a taken e-mail at its field', async () => {
    refuse('post', '/auth/register', { status: 409, code: 'account.email_taken' });
    const { person, submit } = await filled();
    await person.click(screen.getByRole('radio', { name: 'Yes, you may' }));
    await submit();
    const email = screen.getByLabelText('E-mail');
    await waitFor(() => expect(email).toHaveAccessibleDescription(/has an account already/));
    expect(email).toHaveFocus();
    await person.type(email, 'x');
    expect(email).toBeValid();
  });

  it('shows what the server refuses at the field', async () => {
    refuse('post', '/auth/register', {
      status: 422,
      code: 'request.invalid',
      fields: [{ field: 'body.nickname', reason: 'must not be blank' }],
    });
    const { person, submit } = await filled();
    await person.click(screen.getByRole('radio', { name: 'Yes, you may' }));
    await submit();
    await waitFor(() => expect(screen.getByLabelText('Nickname')).toBeInvalid());
  });
});

it('speaks Korean when asked to', async () => {
  const { person } = await renderApp('/login', null);
  await person.click(await screen.findByRole('button', { name: '한국어' }));
  expect(JSON.parse(localStorage.getItem('emosation.preferences') ?? '')).toMatchObject({
    locale: 'ko',
  });
});
