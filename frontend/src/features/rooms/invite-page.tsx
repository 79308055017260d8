import { IconTicketOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useRouteContext } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { Problem } from '@/api/problem';
import { problemText } from '@/api/problem-text';
import { inviteQuery, useJoinRoom } from '@/features/rooms/discover-queries';
import styles from '@/features/rooms/invite-page.module.css';
import { dropInvite } from '@/features/rooms/join-invite';
import { JoinNotice } from '@/features/rooms/join-notice';
import { joinRefusal, lateRefusal } from '@/features/rooms/join-refusal';
import { OpenRoomFacts } from '@/features/rooms/open-room-facts';
import { Button, buttonClass } from '@/ui/button';
import { DetailPage } from '@/ui/detail-page';
import { EmptyState } from '@/ui/empty-state';
import { ErrorState } from '@/ui/error-state';
import { Skeleton } from '@/ui/skeleton';

/** Where the link of an invite leads: which room it is, and the way in. */
export function InvitePage() {
  const { t } = useTranslation('discover');
  const { invite = '' } = useRouteContext({ from: '/shell/join' });
  return (
    <DetailPage title={t('invite.page')} back="/discover">
      {invite ? (
        <Invitation key={invite} token={invite} />
      ) : (
        <Useless title={t('invite.missing')} text={t('invite.missingText')} />
      )}
    </DetailPage>
  );
}

function Invitation({ token }: { token: string }) {
  const { t } = useTranslation(['discover', 'common']);
  const room = useQuery(inviteQuery(token));
  if (room.isPending) {
    return (
      <div role="status" className={styles.part}>
        <span className="visually-hidden">{t('common:loading')}</span>
        <Skeleton width="55%" />
        <Skeleton width="80%" />
        <Skeleton width="65%" />
      </div>
    );
  }
  if (room.data) return <Welcome token={token} room={room.data} />;
  if (leadsNowhere(room.error)) {
    return <Useless title={t('invite.invalid')} text={joinRefusal(room.error).text} />;
  }
  return (
    <ErrorState
      title={t('invite.failed')}
      text={problemText(room.error)}
      onRetry={() => void room.refetch()}
    />
  );
}

function Welcome({ token, room }: { token: string; room: Schema<'OpenRoom'> }) {
  const { t } = useTranslation('discover');
  const navigate = useNavigate();
  const join = useJoinRoom();
  const enter = ({ id }: { id: number }) => {
    dropInvite();
    void navigate({ to: '/rooms/$roomId', params: { roomId: id }, replace: true });
  };
  const refusal = join.error ? joinRefusal(join.error) : lateRefusal(room);
  return (
    <section className={styles.part} aria-labelledby="invite-room">
      <p className={styles.lead}>{t('invite.title')}</p>
      <h2 id="invite-room" className={styles.room}>
        {room.title}
      </h2>
      <OpenRoomFacts room={room} />
      {!room.joined && room.hasPassword && <p className={styles.note}>{t('invite.text')}</p>}
      <JoinNotice text={refusal?.text} />
      {room.joined ? (
        <Button look="primary" className={styles.enter} onClick={() => enter(room)}>
          {t('join.open')}
        </Button>
      ) : refusal?.where === 'over' ? (
        <Link to="/discover" className={buttonClass()}>
          {t('invite.toDiscover')}
        </Link>
      ) : (
        <Button
          look="primary"
          className={styles.enter}
          busy={join.isPending}
          onClick={() => join.mutate({ roomId: room.id, invite: token }, { onSuccess: enter })}
        >
          {t(join.isPending ? 'join.busy' : 'join.action')}
        </Button>
      )}
    </section>
  );
}

function Useless({ title, text }: { title: string; text: string }) {
  const { t } = useTranslation('discover');
  return (
    <EmptyState
      icon={<IconTicketOff size={28} stroke={1.5} />}
      title={title}
      text={text}
      action={
        <Link to="/discover" className={buttonClass('primary')}>
          {t('invite.toDiscover')}
        </Link>
      }
    />
  );
}

/** The server looked at the invite and will say the same tomorrow; a busy server or no network is something else. */
function leadsNowhere(error: Error): boolean {
  return error instanceof Problem && [400, 403, 404, 409, 422].includes(error.status);
}
