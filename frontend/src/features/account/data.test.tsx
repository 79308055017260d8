import { act, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { session } from '@/api/client';
import * as files from '@/lib/save-file';
import { renderApp } from '@/testing/render-app';
import { answer, refuse, server } from '@/testing/server';

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});

describe('my data', () => {
  /** The server sends these pieces, and then breaks off if told so. */
  function streams(pieces: string[], breaksOff = false) {
    const body = new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        if (breaksOff) controller.error(new Error('cut'));
        else controller.close();
      },
    });
    server.use(http.get('*/api/v1/users/me/export', () => new HttpResponse(body)));
  }

  it('comes as one file', async () => {
    const saved = vi.spyOn(files, 'saveFile').mockReturnValue();
    streams(['{"user":', '{}}']);
    const { person } = await renderApp('/me/data');
    await person.click(await screen.findByRole('button', { name: 'Download' }));
    expect(await screen.findByText('All of it is here.')).toBeInTheDocument();
    const [file, name] = saved.mock.calls[0] ?? [];
    expect(name).toBe('emosation.json');
    expect(await file?.text()).toBe('{"user":{}}');
  });

  it('is never saved in part', async () => {
    const saved = vi.spyOn(files, 'saveFile').mockReturnValue();
    streams(['{"user":'], true);
    const { person } = await renderApp('/me/data');
    await person.click(await screen.findByRole('button', { name: 'Download' }));
    await screen.findByRole('button', { name: 'Download again' });
    expect(saved).not.toHaveBeenCalled();
  });

  it('says when it was asked for too often', async () => {
    const limit = { 'Retry-After': '1200' };
    refuse('get', '/users/me/export', { status: 429, code: 'request.too_many' }, limit);
    const { person } = await renderApp('/me/data');
    await person.click(await screen.findByRole('button', { name: 'Download' }));
    expect(await screen.findByText(/20 minutes/)).toBeInTheDocument();
  });
});

describe('deleting my account', () => {
  const press = (name: string) => screen.findByRole('button', { name });

  it('needs a choice and the password, each time, and says until when it can be undone', async () => {
    const proven = answer('post', '/auth/reauthentication');
    const asked = answer('delete', '/users/me', { purgeAfter: '2030-01-15T03:00:00Z' });
    const { person, router } = await renderApp('/me/data');
    await person.click(await press('Delete my account'));
    const question = screen.getByRole('radiogroup', { name: /What becomes of your messages/ });
    expect(question).toHaveAccessibleDescription(/choose one of the two/);
    expect(asked).toEqual([]);
    await person.click(screen.getByRole('radio', { name: 'Delete them' }));
    await person.click(await press('Delete my account'));
    const dialog = await screen.findByRole('dialog', { name: 'Your password, once more' });
    expect(asked).toEqual([]);
    await person.type(within(dialog).getByLabelText('Password'), 'correct horse{Enter}');
    await screen.findByRole('heading', { name: 'Thank you for being here' });
    expect(screen.getByText(/Until 1\/15\/2030 an admin can/)).toBeInTheDocument();
    expect(proven[0]?.body).toEqual({ password: 'correct horse' });
    expect(asked[0]?.url.searchParams.get('messages')).toBe('delete');
    await waitFor(() => expect(session.state()).toEqual({ status: 'signed-out', why: 'left' }));
    expect(router.state.location.pathname).toBe('/goodbye');
  });

  it('ends at the same page when the socket was told first', async () => {
    answer('post', '/auth/reauthentication');
    const { person, router } = await renderApp('/me/data');
    server.use(
      http.delete('*/api/v1/users/me', async () => {
        refuse('post', '/auth/refresh', { status: 401, code: 'auth.session_ended' });
        await act(() => session.renewed('access'));
        await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
        return HttpResponse.json({ purgeAfter: '2030-01-15T03:00:00Z' });
      }),
    );
    await person.click(await screen.findByRole('radio', { name: 'Keep them' }));
    await person.click(await press('Delete my account'));
    await person.type(await screen.findByLabelText('Password'), 'correct horse{Enter}');
    await screen.findByRole('heading', { name: 'Thank you for being here' });
    await waitFor(() => expect(session.state()).toMatchObject({ why: 'left' }));
  });

  it('does nothing when the password is not given', async () => {
    const asked = answer('delete', '/users/me', { purgeAfter: '2030-01-15T03:00:00Z' });
    const { person } = await renderApp('/me/data');
    await person.click(await screen.findByRole('radio', { name: 'Keep them' }));
    await person.click(await press('Delete my account'));
    await person.click(await press('Cancel'));
    expect(await press('Delete my account')).not.toHaveAttribute('aria-disabled');
    expect(asked).toEqual([]);
  });

  it('is refused to the only admin, in words', async () => {
    answer('post', '/auth/reauthentication');
    refuse('delete', '/users/me', { status: 409, code: 'account.last_admin' });
    const { person } = await renderApp('/me/data');
    await person.click(await screen.findByRole('radio', { name: 'Keep them' }));
    await person.click(await press('Delete my account'));
    await person.type(await screen.findByLabelText('Password'), 'correct horse{Enter}');
    expect(await screen.findByText(/You are the only admin/)).toBeInTheDocument();
  });
});
