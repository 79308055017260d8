import { expect, it, vi } from 'vitest';
import { joinTabs } from '@/realtime/tabs';

/** Web Locks in one map: what a name's holder has not let go of is not available. */
function fakeLocks(): LockManager {
  const held = new Set<string>();
  const request = async (name: string, ...rest: unknown[]) => {
    const work = rest.at(-1) as (lock: object | null) => unknown;
    if (held.has(name)) return work(null);
    held.add(name);
    try {
      return await work({ name });
    } finally {
      held.delete(name);
    }
  };
  return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
}

it('takes a tab for gone only after it left', async () => {
  const locks = fakeLocks();
  const [first, second] = [joinTabs(locks), joinTabs(locks)];
  const work = vi.fn();
  await second.ifGone(first.id, work);
  expect(work).not.toHaveBeenCalled();
  first.leave();
  await Promise.resolve();
  await second.ifGone(first.id, work);
  expect(work).toHaveBeenCalledTimes(1);
});

it('takes every other tab for gone where there are no locks', async () => {
  const work = vi.fn();
  await joinTabs(undefined).ifGone('other', work);
  expect(work).toHaveBeenCalledTimes(1);
});
