import { useNavigate, useSearch } from '@tanstack/react-router';

type Page = '/admin/users' | '/admin/rooms' | '/admin/stores' | '/admin/boxes' | '/admin/audit';

/** What the address says of a list, as it says it, and how to change it there. Undefined leaves a word out. */
export function useFilter(page: Page) {
  const said = useSearch({ from: '/shell/admin' });
  const navigate = useNavigate();
  return {
    said,
    change: (to: Partial<typeof said>) =>
      void navigate({ to: page, search: { ...said, page: undefined, ...to }, replace: true }),
    clear: () => void navigate({ to: page, search: {}, replace: true }),
  };
}
