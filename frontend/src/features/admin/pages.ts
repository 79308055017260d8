/* All that admins see, in one part of the built app: whoever is none loads nothing of it. */
export { AdminFrame } from '@/features/admin/admin-frame';
export { AdminMenu } from '@/features/admin/admin-menu';
export { AnnouncementsPage } from '@/features/admin/announcements-page';
export { AuditPage } from '@/features/admin/audit-page';
export { BoxesPage } from '@/features/admin/boxes-page';
export { DashboardPage } from '@/features/admin/dashboard-page';
export { RoomsPage } from '@/features/admin/rooms-page';
export { StorePage } from '@/features/admin/store-page';
export { StoresPage } from '@/features/admin/stores-page';
export { UserPage } from '@/features/admin/user-page';
export { UsersPage } from '@/features/admin/users-page';
