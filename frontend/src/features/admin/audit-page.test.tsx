import { screen, waitFor, within } from '@testing-library/react';
import i18next from 'i18next';
import { beforeEach, expect, it } from 'vitest';
import { actions } from '@/features/admin/choices';
import { anEntry } from '@/testing/admin';
import { aUser } from '@/testing/people';
import { renderApp } from '@/testing/render-app';
import { answer } from '@/testing/server';

const admin = aUser({ role: 'admin' });

beforeEach(() => {
  answer('get', '/rooms', { items: [] });
  answer('get', '/friends', { items: [] });
});

it('says in sentences who did what, and what became different', async () => {
  answer('get', '/admin/audit', {
    items: [
      anEntry(3, 'user.deactivated', {
        changes: [{ field: 'state', before: 'active', after: 'deactivated' }],
      }),
      anEntry(2, 'store.replaced', {
        ...{ targetType: 'store', targetId: 2, actor: { id: 9, nickname: '' } },
        changes: [{ field: 'unheardOf', before: null, after: 'x' }],
      }),
      anEntry(1, 'user.purged', { actor: null, address: null }),
    ],
    next: null,
  });
  await renderApp('/admin/audit', admin);
  const rows = within(await screen.findByRole('table', { name: 'Entries' })).getAllByRole('row');
  expect(rows[1]).toHaveTextContent('Jiho (no. 1) closed account 7');
  expect(rows[1]).toHaveTextContent('state: Active → Closed');
  expect(rows[2]).toHaveTextContent('Left user (no. 9) changed store 2');
  expect(rows[2]).toHaveTextContent('unheardOf: None → x');
  expect(rows[3]).toHaveTextContent('The server removed account 7 for good');
  expect(within(rows[3] ?? document.body).queryByRole('link')).not.toBeInTheDocument();
  expect(within(rows[2] ?? document.body).getByRole('link')).toHaveAttribute(
    'href',
    '/admin/stores/2',
  );
});

it('is narrowed by what its address says; a day ends when the next one begins', async () => {
  const asked = answer('get', '/admin/audit', { items: [], next: null });
  const { person, router } = await renderApp('/admin/audit?from=2026-11-01&to=2026-11-20', admin);
  await screen.findByText('Nothing fits');
  await person.selectOptions(screen.getByRole('combobox', { name: 'What' }), 'Role changed');
  await person.type(screen.getByLabelText('By the number of whom'), '1a2');
  await waitFor(() =>
    expect(Object.fromEntries(asked.at(-1)?.url.searchParams ?? [])).toEqual({
      ...{ action: 'user.role_changed', actor: '12' },
      from: new Date('2026-11-01T00:00').toISOString(),
      to: new Date('2026-11-21T00:00').toISOString(),
    }),
  );
  expect(router.state.location.search).toMatchObject({ actor: 12, action: 'user.role_changed' });
});

it.each(['ko', 'en'])('has a sentence and a name for every action in %s', (locale) => {
  const t = i18next.getFixedT(locale, 'admin');
  for (const action of actions) {
    expect(t(`audit.did.${action}`, { who: 'Jiho', id: 7 })).toMatch(/7/);
    expect(t(`audit.actions.${action}`)).not.toContain('audit.');
  }
});
