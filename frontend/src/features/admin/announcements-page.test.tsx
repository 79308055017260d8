import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { anAnnouncement } from '@/testing/admin';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const admin = aUser({ role: 'admin' });
const out = anAnnouncement(1, 'Ten quiet minutes');
const waits = anAnnouncement(2, 'A calmer reading', {
  ...{ state: 'scheduled', publishAt: '2026-12-24T00:00:00Z', delivered: 0, read: 0 },
  audience: { role: null, locale: 'ko' },
});

function inDialog() {
  return within(screen.getAllByRole('dialog').at(-1) ?? document.body);
}

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
  answer('get', '/admin/announcements', { items: [waits, out], next: null });
});

it('tells whom an announcement is for, and who has read it', async () => {
  await renderApp('/admin/announcements', admin);
  const [first, second] = await screen.findAllByRole('listitem');
  expect(first).toHaveTextContent(/A calmer reading.*Scheduled.*Everybody · Who use Korean/);
  expect(first).not.toHaveTextContent('Delivered');
  expect(second).toHaveTextContent('Delivered to 1,200, read by 345');
  expect(screen.queryByRole('button', { name: 'Change “Ten quiet minutes”' })).toBeNull();
});

it('announces now, in one request even when it is sent twice', async () => {
  const { person } = await renderApp('/admin/announcements', admin);
  await person.click(await screen.findByRole('button', { name: 'Announce something' }));
  await person.click(inDialog().getByRole('button', { name: 'Announce now' }));
  expect(screen.getByLabelText('Title')).toHaveAccessibleDescription(/1 to 100/);
  fireEvent.change(screen.getByLabelText('Title'), { target: { value: 'Hello' } });
  fireEvent.change(screen.getByLabelText('Text'), { target: { value: 'To you all.' } });
  await person.selectOptions(screen.getByLabelText('For whom'), 'Users only');
  const failed = answer('post', '/admin/announcements', { code: 'server.failed', detail: '' }, 500);
  await person.click(inDialog().getByRole('button', { name: 'Announce now' }));
  expect(await inDialog().findByText(/Something went wrong/)).toBeInTheDocument();

  const asked = answer('post', '/admin/announcements', out, 201);
  await person.click(inDialog().getByRole('button', { name: 'Announce now' }));
  expect(await screen.findByText('It is out.')).toBeInTheDocument();
  expect(asked[0]?.body).toEqual({
    ...{ title: 'Hello', body: 'To you all.', audience: { role: 'user', locale: null } },
  });
  const [first, second] = [failed, asked].map((one) => one[0]?.headers.get('Idempotency-Key'));
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toBe(first);
});

it('changes one that waits, with its own words and time to begin with', async () => {
  const { person } = await renderApp('/admin/announcements', admin);
  await person.click(await screen.findByRole('button', { name: 'Change “A calmer reading”' }));
  expect(screen.getByRole('radio', { name: 'Later' })).toBeChecked();
  const at = screen.getByLabelText('Day and time');
  await person.clear(at);
  await person.click(inDialog().getByRole('button', { name: 'Schedule' }));
  expect(at).toHaveAccessibleDescription(/within a year/);
  await person.type(at, '2026-12-01T09:30');
  refuse('put', '/admin/announcements/2', { status: 409, code: 'announcement.state' });
  await person.click(inDialog().getByRole('button', { name: 'Schedule' }));
  expect(await inDialog().findByText(/out or withdrawn by now/)).toBeInTheDocument();
  const asked = answer('put', '/admin/announcements/2', waits);
  await person.click(inDialog().getByRole('button', { name: 'Schedule' }));
  await waitFor(() =>
    expect(asked[0]?.body).toMatchObject({
      publishAt: new Date('2026-12-01T09:30').toISOString(),
      audience: { role: null, locale: 'ko' },
    }),
  );
});

it('invites to the first one', async () => {
  answer('get', '/admin/announcements', { items: [], next: null });
  await renderApp('/admin/announcements', admin);
  expect(await screen.findByText('Nothing was announced yet')).toBeInTheDocument();
});
