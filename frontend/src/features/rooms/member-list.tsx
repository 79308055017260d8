import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { useMe } from '@/features/account/queries';
import { LongMemberList } from '@/features/rooms/long-member-list';
import styles from '@/features/rooms/member-list.module.css';
import { MemberRow } from '@/features/rooms/member-row';
import { membersQuery } from '@/features/rooms/queries';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

/** From so many on only those near the view are drawn. */
const LONG = 100;

/** Who is in a group room, in the order of joining; those who were are not listed. */
export function MemberList({ room }: { room: Schema<'Room'> }) {
  const { t } = useTranslation(['rooms', 'problems']);
  const me = useMe();
  const members = useQuery(membersQuery(room.id));
  if (members.isPending) return <SkeletonRows rows={3} />;
  if (!members.data) {
    return (
      <ErrorState
        title={t('problems:title')}
        text={problemText(members.error)}
        onRetry={() => void members.refetch()}
      />
    );
  }
  const leads = room.host === me.id && room.state === 'open';
  const joined = members.data.filter(({ state }) => state === 'joined');
  const row = (member: Schema<'Member'>) => (
    <MemberRow
      key={member.user.id}
      roomId={room.id}
      member={member}
      isHost={member.user.id === room.host}
      isMe={member.user.id === me.id}
      mayManage={leads && member.user.id !== me.id}
    />
  );
  if (joined.length > LONG) {
    return <LongMemberList label={t('members.title')} members={joined} row={row} />;
  }
  return (
    <ul className={styles.list} aria-label={t('members.title')}>
      {joined.map((member) => (
        <li key={member.user.id}>{row(member)}</li>
      ))}
    </ul>
  );
}
