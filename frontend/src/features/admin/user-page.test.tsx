import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { aClosedUser, aDetail, anAdminUser } from '@/testing/admin';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const admin = aUser({ role: 'admin' });
const minji = anAdminUser(7, 'Minji');
const closed = aClosedUser(8, 'Ben');
const phone = {
  ...{ id: 3, current: false, address: '198.51.100.24' },
  ...{ createdAt: '2026-11-20T08:00:00Z', lastSeenAt: '2026-11-20T08:00:00Z' },
  expiresAt: '2026-12-20T08:00:00Z',
  userAgent: 'Mozilla/5.0 (Linux; Android 16) Chrome/136.0 Mobile Safari/537.36',
};

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
  answer('get', '/admin/users/7', aDetail(minji));
  answer('get', '/admin/users/7/sessions', { items: [phone] });
  answer('get', '/admin/users/8', aDetail(closed, { reason: 'Sent advertisements.' }));
});

function inDialog() {
  return within(screen.getAllByRole('dialog').at(-1) ?? document.body);
}

describe('somebody’s account', () => {
  it('is closed with a reason, after the password', async () => {
    refuse('post', '/admin/users/7/deactivation', { status: 403, code: 'auth.reauthenticate' });
    const { person } = await renderApp('/admin/users/7', admin);
    await person.click(await screen.findByRole('button', { name: 'Close the account' }));
    await person.type(screen.getByLabelText(/^Why/), 'Asked for it.');
    await person.click(inDialog().getByRole('button', { name: 'Close the account' }));
    const password = await screen.findByLabelText('Password');
    const proofs = answer('post', '/auth/reauthentication');
    const asked = answer('post', '/admin/users/7/deactivation', closed);
    answer('get', '/admin/users/7', aDetail({ ...closed, id: 7, nickname: 'Minji' }));
    await person.type(password, 'correct horse{Enter}');
    expect(await screen.findByText('The account is closed.')).toBeInTheDocument();
    expect(await screen.findByText(/Closed by an admin/)).toBeInTheDocument();
    expect(proofs[0]?.body).toEqual({ password: 'correct horse' });
    expect(asked[0]?.body).toEqual({ reason: 'Asked for it.' });
  });

  it('stays as it is when the password is not given', async () => {
    refuse('post', '/admin/users/7/deactivation', { status: 403, code: 'auth.reauthenticate' });
    const { person } = await renderApp('/admin/users/7', admin);
    await person.click(await screen.findByRole('button', { name: 'Close the account' }));
    await person.click(inDialog().getByRole('button', { name: 'Close the account' }));
    await screen.findByLabelText('Password');
    await person.click(inDialog().getByRole('button', { name: 'Cancel' }));
    expect(screen.getByLabelText(/^Why/)).toBeInTheDocument(); // The first dialog is still there.
    expect(screen.getByRole('alert')).toBeEmptyDOMElement();
  });

  it('of the last admin keeps its role, and the admin is told why', async () => {
    refuse('put', '/admin/users/7/role', { status: 409, code: 'account.last_admin' });
    answer('get', '/admin/users/7', aDetail({ ...minji, role: 'admin' }));
    const { person } = await renderApp('/admin/users/7', admin);
    const take = { name: 'Take the role of an admin away' };
    await person.click(await screen.findByRole('button', take));
    await person.click(inDialog().getByRole('button', take));
    expect(await screen.findByText(/This is the last admin/)).toBeInTheDocument();
  });

  it('ends one of its sessions', async () => {
    const { person } = await renderApp('/admin/users/7', admin);
    const end = await screen.findByRole('button', { name: 'End the session of Chrome on Android' });
    const asked = answer('delete', '/admin/users/7/sessions/3');
    answer('get', '/admin/users/7/sessions', { items: [] });
    await person.click(end);
    expect(await screen.findByText(/Nobody is logged in/)).toBeInTheDocument();
    expect(asked).toHaveLength(1);
    expect(screen.queryByRole('button', { name: 'End all sessions' })).not.toBeInTheDocument();
  });

  it('is restored with a temporary password, which is shown once', async () => {
    const { person } = await renderApp('/admin/users/8', admin);
    expect(await screen.findByText('Why: Sent advertisements.')).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Restore the account' }));
    await person.click(screen.getByRole('radio', { name: 'By a temporary password' }));
    const asked = answer('post', '/admin/users/8/restoration', {
      ...{ user: closed, temporaryPassword: 'moonlit-lantern' },
    });
    answer('get', '/admin/users/8', aDetail({ ...closed, state: 'must_reset' }));
    answer('get', '/admin/users/8/sessions', { items: [] });
    await person.click(inDialog().getByRole('button', { name: 'Restore the account' }));
    const dialog = await screen.findByRole('dialog', { name: 'The temporary password' });
    expect(asked[0]?.body).toEqual({ access: 'password' });
    await person.click(within(dialog).getByRole('button', { name: 'Copy' }));
    expect(await within(dialog).findByText('Copied.')).toBeInTheDocument();
    expect(await navigator.clipboard.readText()).toBe('moonlit-lantern');
    // It stays although the page beneath is another one by now.
    expect(await screen.findByText(/waits for its owner/)).toBeInTheDocument();
    await person.click(within(dialog).getByRole('button', { name: 'I have it' }));
    expect(screen.queryByText('moonlit-lantern')).not.toBeInTheDocument();
  });

  it('is removed when an admin says so', async () => {
    const { person } = await renderApp('/admin/users/8', admin);
    const field = await screen.findByLabelText('Removed for good from');
    await person.clear(field);
    await person.click(screen.getByRole('button', { name: 'Change the time' }));
    expect(field).toHaveAccessibleDescription('Please enter a day and a time.');
    await person.type(field, '2026-12-01T09:30');
    const asked = answer('put', '/admin/users/8/purge-date', closed);
    await person.click(screen.getByRole('button', { name: 'Change the time' }));
    await person.click(inDialog().getByRole('button', { name: 'Change the time' }));
    await waitFor(() =>
      expect(asked[0]?.body).toEqual({ purgeAfter: new Date('2026-12-01T09:30').toISOString() }),
    );
  });

  it('of one’s own is not closed here', async () => {
    answer('get', '/admin/users/1', aDetail(anAdminUser(1, 'Jiho', { role: 'admin' })));
    answer('get', '/admin/users/1/sessions', { items: [] });
    await renderApp('/admin/users/1', admin);
    expect(await screen.findByText('This is you.')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Close the account' })).not.toBeInTheDocument();
  });
});
