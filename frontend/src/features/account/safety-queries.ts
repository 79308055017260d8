import { queryOptions, useMutation } from '@tanstack/react-query';
import { api, must, type Schema } from '@/api/client';
import { accountKeys } from '@/features/account/queries';

/** Asks for a mail with a link to set a new password. Whether anybody has this e-mail is not told. */
export function useRequestReset() {
  return useMutation({
    mutationFn: (email: string) => must(api.POST('/auth/password-resets', { body: { email } })),
  });
}

/** Sets a new password by such a link. */
export function useRedeemReset() {
  return useMutation({
    mutationFn: (body: Schema<'PasswordReset'>) =>
      must(api.POST('/auth/password-resets/redeem', { body })),
  });
}

/** Proves by a mailed link that an e-mail is mine. It works once, so it is asked once, however often the page is drawn. */
export const verificationQuery = (token: string | undefined) =>
  queryOptions({
    queryKey: [...accountKeys.all, 'verification', token],
    queryFn: async () => {
      await must(api.POST('/auth/email-verifications/redeem', { body: { token: token ?? '' } }));
      return true;
    },
    enabled: token !== undefined,
    retry: false,
    staleTime: Infinity,
    gcTime: Infinity,
  });

/** Asks for another mail that proves my e-mail. */
export function useRequestVerification() {
  return useMutation({
    mutationFn: () => must(api.POST('/auth/email-verifications')),
  });
}
