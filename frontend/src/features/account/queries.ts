import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api, must, session, type Schema } from '@/api/client';
import { Problem } from '@/api/problem';

export const accountKeys = {
  all: ['account'] as const,
  me: ['account', 'me'] as const,
  sessions: ['account', 'sessions'] as const,
};

export const meQuery = queryOptions({
  queryKey: accountKeys.me,
  queryFn: ({ signal }) => must(api.GET('/users/me', { signal })),
});

export const sessionsQuery = queryOptions({
  queryKey: accountKeys.sessions,
  queryFn: async ({ signal }) => (await must(api.GET('/auth/sessions', { signal }))).items,
});

/** Whether somebody is signed in on this page, and why not. */
export function useSession() {
  return useSyncExternalStore(session.subscribe, session.state);
}

/** The signed-in user. Only for what is shown to signed-in people; app/session-sync.ts fills the cache at sign-in. */
export function useMe(): Schema<'User'> {
  return useSuspenseQuery(meQuery).data;
}

export function useLogin() {
  return useMutation({
    mutationFn: (credentials: Schema<'Credentials'>) =>
      must(api.POST('/auth/login', { body: credentials })),
    onSuccess: (tokens) => session.signIn(tokens),
  });
}

/** Creates the account and signs it in. */
export function useRegister() {
  return useMutation({
    mutationFn: async (registration: Schema<'Registration'>) => {
      await must(api.POST('/auth/register', { body: registration }));
      const { email, password } = registration;
      return must(api.POST('/auth/login', { body: { email, password } }));
    },
    onSuccess: (tokens) => session.signIn(tokens),
  });
}

/** Ends the session on the server first: while its cookie lives, a reload would sign in again. */
export function useLogout() {
  return useMutation({
    mutationFn: async () => {
      try {
        await must(api.POST('/auth/logout'));
      } catch (error) {
        if (!(error instanceof Problem && error.status === 401)) throw error; // 401: it has ended already.
      }
    },
    onSuccess: () => session.signOut(),
  });
}

/**
 * Changes the profile or a setting. The cache follows the server's answer, not the wish, because what others show
 * depends on it; a page shows the wish meanwhile from `variables`.
 */
export function useUpdateMe() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (change: Schema<'UserChange'>) => must(api.PATCH('/users/me', { body: change })),
    onSuccess: (user) => cache.setQueryData(meQuery.queryKey, user),
  });
}

export function useChangePassword() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: Schema<'PasswordChange'>) => must(api.PUT('/users/me/password', { body })),
    onSuccess: () => cache.invalidateQueries({ queryKey: accountKeys.sessions }),
  });
}

/** Proves the password again, so that this session may do for a while what cannot be undone. */
export function useReauthenticate() {
  return useMutation({
    mutationFn: (password: string) =>
      must(api.POST('/auth/reauthentication', { body: { password } })),
  });
}

export function useRevokeSession() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (sessionId: number) =>
      must(api.DELETE('/auth/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSuccess: (_nothing, sessionId) => {
      cache.setQueryData(sessionsQuery.queryKey, (sessions) =>
        sessions?.filter(({ id }) => id !== sessionId),
      );
    },
  });
}
