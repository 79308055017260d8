import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import { api, must } from '@/api/client';
import { ProofProvider, useProof, useSayProblem } from '@/features/account/reauthenticate';
import { answer, refuse } from '@/testing/server';
import { ToastProvider } from '@/ui/toast';

const done = vi.fn();

beforeEach(() => {
  done.mockClear();
  refuse('delete', '/auth/sessions/7', { status: 403, code: 'auth.reauthenticate' });
});

function Danger() {
  const proven = useProof();
  const sayProblem = useSayProblem();
  const run = () =>
    must(api.DELETE('/auth/sessions/{sessionId}', { params: { path: { sessionId: 7 } } }));
  return (
    <button type="button" onClick={() => void proven(run).then(done, sayProblem)}>
      End it
    </button>
  );
}

async function begin() {
  const person = userEvent.setup();
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ToastProvider>
        <ProofProvider>
          <Danger />
        </ProofProvider>
      </ToastProvider>
    </QueryClientProvider>,
  );
  await person.click(screen.getByRole('button', { name: 'End it' }));
  return person;
}

it('asks for the password where the server wants it, and does afterwards what was asked', async () => {
  const asked = answer('post', '/auth/reauthentication');
  const person = await begin();
  const dialog = await screen.findByRole('dialog', { name: 'Your password, once more' });
  const field = within(dialog).getByLabelText('Password');
  expect(field).toHaveFocus();
  await person.type(field, 'correct horse');
  const again = answer('delete', '/auth/sessions/7');
  await person.keyboard('{Enter}');
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(asked[0]?.body).toEqual({ password: 'correct horse' });
  expect(again).toHaveLength(1);
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
});

it('says so when the password is wrong or missing, and asks on', async () => {
  refuse('post', '/auth/reauthentication', { status: 422, code: 'auth.wrong_password' });
  const person = await begin();
  const dialog = await screen.findByRole('dialog');
  await person.click(within(dialog).getByRole('button', { name: 'Go on' }));
  const field = within(dialog).getByLabelText('Password');
  expect(field).toHaveAccessibleDescription('Please enter your password.');
  await person.type(field, 'no{Enter}');
  await waitFor(() => expect(field).toHaveAccessibleDescription('That is not your password.'));
  expect(done).not.toHaveBeenCalled();
});

it('whoever closes it did nothing, and is told nothing', async () => {
  const person = await begin();
  await person.click(await screen.findByRole('button', { name: 'Cancel' }));
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  expect(done).not.toHaveBeenCalled();
  expect(screen.getByRole('status')).toBeEmptyDOMElement();
});

it('other refusals are no matter of passwords', async () => {
  refuse('delete', '/auth/sessions/7', { status: 409, code: 'unknown' });
  await begin();
  expect(await screen.findByText(/changed in the meantime/)).toBeInTheDocument();
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
});
