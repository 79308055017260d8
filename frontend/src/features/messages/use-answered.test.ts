import { renderHook } from '@testing-library/react';
import { expect, it } from 'vitest';
import { useAnswered } from '@/features/messages/use-answered';
import type { Spot } from '@/features/messages/use-spot';
import type { Outgoing } from '@/realtime/outbox';

const unread: Spot = { seq: 3, jump: 0, flash: false };
const found: Spot = { seq: 1, jump: 1, flash: true };
const sent = (clientId: string): Outgoing[] => [
  { clientId, room: 1, body: 'Hi', at: 0, state: 'sending', tab: 'one' },
];

function opened(waiting: Outgoing[], spot: Spot | undefined) {
  const hook = renderHook(({ outgoing, at }) => useAnswered(outgoing, at), {
    initialProps: { outgoing: waiting, at: spot },
  });
  return {
    answered: () => hook.result.current,
    now: (outgoing: Outgoing[], at: Spot | undefined) => hook.rerender({ outgoing, at }),
  };
}

it('stays at what is unread until I write, and with my words also when they have arrived', () => {
  const { answered, now } = opened([], unread);
  expect(answered()).toBe(false);
  now(sent('a'), unread);
  expect(answered()).toBe(true);
  now([], unread);
  expect(answered()).toBe(true);
  now([], found); // Somebody looks for something else then.
  expect(answered()).toBe(false);
});

it('takes what waited from before for no answer', () => {
  const { answered, now } = opened(sent('a'), unread);
  now([], unread);
  expect(answered()).toBe(false);
});
