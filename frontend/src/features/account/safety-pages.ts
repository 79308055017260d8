/** What people need only now and then to get into their account, or out of it: one part of the app, fetched when it is needed. */
export { DataPage } from '@/features/account/data-page';
export { ForgotPage } from '@/features/account/forgot-page';
export { GoodbyePage } from '@/features/account/goodbye-page';
export { ResetPage } from '@/features/account/reset-page';
export { VerifyPage } from '@/features/account/verify-page';
