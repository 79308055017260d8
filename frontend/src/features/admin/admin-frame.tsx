import { Outlet } from '@tanstack/react-router';
import { ProofProvider } from '@/features/account/reauthenticate';

/** Around every page for admins: what cannot be undone asks for the password. */
export function AdminFrame() {
  return (
    <ProofProvider>
      <Outlet />
    </ProofProvider>
  );
}
