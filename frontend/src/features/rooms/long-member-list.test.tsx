import { render, screen, within } from '@testing-library/react';
import { VirtuosoMockContext } from 'react-virtuoso';
import { expect, it, vi } from 'vitest';
import { LongMemberList } from '@/features/rooms/long-member-list';
import { aMember } from '@/testing/messages';

it('draws of many members only those near the view, and says which ones they are', async () => {
  const nothing = () => undefined;
  vi.stubGlobal('ResizeObserver', function () {
    return { observe: nothing, unobserve: nothing, disconnect: nothing };
  });
  const drawn = vi.fn(({ user }: ReturnType<typeof aMember>) => user.nickname);
  render(
    <VirtuosoMockContext value={{ viewportHeight: 600, itemHeight: 56 }}>
      <div role="tabpanel">
        <LongMemberList
          label="In this room"
          members={Array.from({ length: 1000 }, (_, i) => aMember(i + 1, 0))}
          row={drawn}
        />
      </div>
    </VirtuosoMockContext>,
  );
  const rows = within(await screen.findByRole('list', { name: 'In this room' })).getAllByRole(
    'listitem',
  );
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.length).toBeLessThan(50);
  expect(drawn.mock.calls.length).toBeLessThan(200);
  expect(rows[1]).toHaveTextContent('Ben');
  expect(rows[1]).toHaveAttribute('aria-posinset', '2');
  expect(rows[1]).toHaveAttribute('aria-setsize', '1000');
});
