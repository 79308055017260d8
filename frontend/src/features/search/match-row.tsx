import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { hasLeft, personName } from '@/api/person-name';
import { useMe } from '@/features/account/queries';
import { roomName, roomsQuery, useNames } from '@/features/rooms/queries';
import styles from '@/features/search/match-row.module.css';
import { excerptAround } from '@/lib/code-points';
import { clockTime, listTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Avatar } from '@/ui/avatar';

type Match = Schema<'MessageMatch'>;

/** So many characters of a message are shown; two lines in the narrowest place, three in most. */
const EXCERPT = 72;

interface Props {
  match: Match;
  /** Only this room is searched; it need not be named. */
  within: number | undefined;
  Reading: ComponentType<{ reading: Schema<'Reading'> }>;
}

/** A message that was found: where, who said it, when, and the words that were searched for. Leads to it. */
export function MatchRow({ match, within, Reading }: Props) {
  const { t } = useTranslation('search');
  const { locale } = usePreferences();
  const { message, marks } = match;
  const { room, sender, face, own, direct, roomGone, senderGone } = usePlace(match);
  const parts = useMemo(() => excerptAround(message.body, marks, EXCERPT), [message.body, marks]);
  const sentAt = new Date(message.sentAt);
  const day = listTime(sentAt, new Date(), locale);
  const clock = clockTime(sentAt, locale);
  const heading = within ? sender : room;
  return (
    <li>
      <Link
        to="/rooms/$roomId"
        params={{ roomId: match.room }}
        search={(before) => ({ at: message.seq, q: before.q, within: before.within })}
        // Choosing the same one again leads there again.
        state={() => ({ found: Date.now() })}
        className={styles.row}
      >
        <span className={styles.face}>
          <Avatar
            id={within ? message.sender : face}
            name={heading}
            gone={within ? senderGone : roomGone}
          />
        </span>
        <span className={styles.name}>{heading}</span>
        <span className={styles.words}>
          <span className={styles.excerpt}>
            {!within && (own || !direct) && (
              <span className={styles.sender}>
                {t('by', { name: sender, context: own ? 'me' : '' })}
              </span>
            )}{' '}
            {parts.map(({ text, marked }, i) =>
              marked ? (
                <mark key={i} className={styles.mark}>
                  {text}
                </mark>
              ) : (
                text
              ),
            )}
          </span>
          {message.reading && <Reading reading={message.reading} />}
        </span>
        <time dateTime={message.sentAt} className={styles.time}>
          {day}
          {day !== clock && <span className="visually-hidden"> {clock}</span>}
        </time>
      </Link>
    </li>
  );
}

/** The names of the room and of who said it. Those of a group are asked for; of two people one is me. */
function usePlace({ room: roomId, message }: Match) {
  const { t } = useTranslation('search');
  const me = useMe();
  const { data: room } = useQuery({
    ...roomsQuery,
    select: (rooms) => rooms.find(({ id }) => id === roomId),
  });
  const { sender: id } = message;
  const peer = room?.peer;
  const { nickname, isGone } = useNames(roomId, id !== me.id && id !== peer?.id);
  const known = id === peer?.id ? personName(peer) : nickname(id);
  return {
    room: (room && roomName(room)) ?? t('someRoom'),
    sender: id === me.id ? t('you') : (known ?? t('somebody')),
    face: peer?.id ?? roomId,
    own: id === me.id,
    direct: room?.kind === 'direct',
    // Of a room with several the face is the room's.
    roomGone: room?.kind === 'direct' && hasLeft(room.peer),
    senderGone: peer?.id === id ? hasLeft(peer) : isGone(id),
  };
}
