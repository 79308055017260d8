import i18next from 'i18next';

interface Named {
  nickname: string;
}

/** Whether somebody's account is closed or removed: then the server tells no nickname of theirs, or knows nobody at all. */
export function hasLeft(user: Named | null): boolean {
  return !user?.nickname;
}

/** What somebody is called wherever others see them. The one place that has words for those who have left. */
export function personName(user: Named | null): string {
  return user?.nickname || i18next.t('common:leftUser');
}
