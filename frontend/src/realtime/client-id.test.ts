import { expect, it, vi } from 'vitest';
import { newClientId } from '@/realtime/client-id';

const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('makes UUIDs, with and without the browser’s help', () => {
  expect(newClientId()).toMatch(uuid4);
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) });
  expect(newClientId()).toMatch(uuid4);
  expect(newClientId()).not.toBe(newClientId());
  vi.unstubAllGlobals();
});
