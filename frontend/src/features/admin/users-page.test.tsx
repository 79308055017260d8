import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { aClosedUser, anAdminUser } from '@/testing/admin';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer, refuse } from '@/testing/server';

const admin = aUser({ role: 'admin' });
const minji = anAdminUser(7, 'Minji', { online: true });
const ben = aClosedUser(8, 'Ben');

function pageOf(items: object[], change: object = {}) {
  return { items, next: null, total: items.length, totalCapped: false, ...change };
}

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});

describe('the list of people', () => {
  it('is there for admins, with the way to it and the pages beside it', async () => {
    answer('get', '/admin/users', pageOf([minji, ben]));
    await renderApp('/admin/users', admin);
    const table = await screen.findByRole('table', { name: 'Accounts' });
    const door = screen.getByRole('link', { name: 'Administration' });
    expect(door).toHaveAttribute('href', '/admin');
    const menu = within(screen.getByRole('navigation', { name: 'Administration' }));
    expect(menu.getByRole('link', { current: 'page' })).toHaveTextContent(/^People/);
    expect(within(table).getAllByRole('row')[1]).toHaveTextContent(/Minji.*Active.*Here now/);
    expect(within(table).getAllByRole('row')[2]).toHaveTextContent(/Ben.*Closed/);
    expect(screen.getByText('2 accounts')).toBeInTheDocument();
    expect(within(table).getByRole('link', { name: 'Minji' })).toHaveAttribute(
      'href',
      '/admin/users/7',
    );
  });

  it('is nowhere for others', async () => {
    await renderApp('/admin/users', aUser());
    expect(await screen.findByText('There is nothing here')).toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Administration' })).not.toBeInTheDocument();
  });

  it('is no longer shown to who was an admin, and says so', async () => {
    refuse('get', '/admin/users', { status: 403, code: 'auth.forbidden' });
    await renderApp('/admin/users', admin);
    expect(await screen.findByRole('alert')).toHaveTextContent('not possible');
  });

  it('is asked for as its address says, which keeps what was chosen', async () => {
    const asked = answer('get', '/admin/users', pageOf([minji]));
    const { person, router } = await renderApp('/admin/users?state=active&sort=seen', admin);
    await screen.findByRole('table');
    await person.type(screen.getByRole('searchbox'), 'min');
    await waitFor(() => expect(router.state.location.search).toMatchObject({ q: 'min' }));
    await person.selectOptions(screen.getByRole('combobox', { name: 'Role' }), 'admin');
    await waitFor(() =>
      expect(Object.fromEntries(asked.at(-1)?.url.searchParams ?? [])).toEqual({
        ...{ q: 'min', state: 'active', sort: 'seen', role: 'admin' },
      }),
    );
    expect(router.state.location.href).toContain('state=active');
  });

  it('is sorted by its columns, the other way round by a second press', async () => {
    const asked = answer('get', '/admin/users', pageOf([minji]));
    const { person } = await renderApp('/admin/users', admin);
    const head = await screen.findByRole('columnheader', { name: 'Nickname' });
    expect(screen.getByRole('columnheader', { name: 'Since' })).toHaveAttribute(
      'aria-sort',
      'ascending',
    );
    await person.click(within(head).getByRole('button'));
    await waitFor(() => expect(head).toHaveAttribute('aria-sort', 'ascending'));
    await person.click(within(head).getByRole('button'));
    await waitFor(() => expect(head).toHaveAttribute('aria-sort', 'descending'));
    await waitFor(() =>
      expect(Object.fromEntries(asked.at(-1)?.url.searchParams ?? [])).toEqual({
        ...{ sort: 'nickname', descending: 'true' },
      }),
    );
  });

  it('goes forward and back by its cursors, also after a look at somebody', async () => {
    const asked = answer('get', '/admin/users', pageOf([minji], { next: 'second', total: 9 }));
    answer('get', '/admin/users/7', {}, 404);
    const { person, router } = await renderApp('/admin/users', admin);
    const pages = await screen.findByRole('navigation', { name: 'Pages' });
    await person.click(within(pages).getByRole('button', { name: 'Next page' }));
    expect(await screen.findByText('Page 2')).toBeInTheDocument();
    expect(asked.at(-1)?.url.searchParams.get('cursor')).toBe('second');

    await person.click(screen.getByRole('link', { name: 'Minji' }));
    await screen.findByRole('alert');
    router.history.back();
    expect(await screen.findByText('Page 2')).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Page before' }));
    expect(await screen.findByText('Page 1')).toBeInTheDocument();
    expect(asked.at(-1)?.url.searchParams.get('cursor')).toBeNull();
  });

  it('says when there are more than are counted', async () => {
    answer('get', '/admin/users', pageOf([minji], { total: 10000, totalCapped: true }));
    await renderApp('/admin/users', admin);
    expect(await screen.findByText('more than 10,000 accounts')).toBeInTheDocument();
  });

  it('without anybody leads back to everybody', async () => {
    answer('get', '/admin/users', pageOf([]));
    const { person, router } = await renderApp('/admin/users?q=nobody', admin);
    await person.click(await screen.findByRole('button', { name: 'Clear the filters' }));
    expect(router.state.location.search.q).toBeUndefined();
  });
});
