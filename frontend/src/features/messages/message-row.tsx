import { memo, useState, type FocusEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { hasLeft } from '@/api/person-name';
import { useMe } from '@/features/account/queries';
import { DayDivider } from '@/features/messages/day-divider';
import { MessageActions } from '@/features/messages/message-actions';
import { MessageBubble } from '@/features/messages/message-bubble';
import styles from '@/features/messages/message-row.module.css';
import { useNickname } from '@/features/messages/people';
import type { Message } from '@/features/messages/thread';
import { SystemLine } from '@/features/messages/system-line';
import { usePerson } from '@/features/rooms/queries';
import { useTools } from '@/features/messages/tools';
import { UnreadDivider } from '@/features/messages/unread-divider';
import { clockTime } from '@/lib/moment';
import { usePreferences } from '@/lib/use-preferences';
import { Avatar } from '@/ui/avatar';

interface Props {
  message: Message;
  newDay: boolean;
  starts: boolean;
  ends: boolean;
  /** What was unread when the conversation was opened begins here. */
  firstUnread: boolean;
  /** The one message of the list that the Tab key reaches. */
  reachable: boolean;
  flash: boolean;
  onFocus: (seq: number) => void;
}

/** One message with what stands above it: the day, the mark of the unread ones. */
export const MessageRow = memo(function MessageRow(props: Props) {
  const { message, newDay, firstUnread } = props;
  return (
    <div className={styles.row} data-starts={props.starts}>
      {newDay && <DayDivider day={new Date(message.sentAt)} />}
      {firstUnread && <UnreadDivider />}
      {message.kind === 'system' ? <SystemLine message={message} /> : <Said {...props} />}
    </div>
  );
});

function Said({ message, starts, ends, reachable, flash, onFocus }: Props) {
  const { t } = useTranslation('messages');
  const { roomId } = useTools();
  const { locale } = usePreferences();
  const own = message.sender === useMe().id;
  const name = useNickname(roomId, message.sender);
  const person = usePerson(roomId, message.sender);
  const [near, setNear] = useState(false);
  const [inside, setInside] = useState(false);

  const onBlur = (event: FocusEvent<HTMLElement>) => {
    if (!event.currentTarget.contains(event.relatedTarget)) setInside(false);
  };
  const time = clockTime(new Date(message.sentAt), locale);
  return (
    <article
      // The arrow keys walk from message to message; within one, Tab reaches all that can be done.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- there is no role for it, the log is no widget
      tabIndex={reachable ? 0 : -1}
      data-seq={message.seq}
      data-own={own}
      data-flash={flash}
      className={styles.message}
      aria-label={t('said', { name, time })}
      onMouseEnter={() => setNear(true)}
      onMouseLeave={() => setNear(false)}
      onFocus={() => {
        setInside(true);
        onFocus(message.seq);
      }}
      onBlur={onBlur}
    >
      {!own && (
        <span className={styles.face}>
          {starts && (
            <Avatar id={message.sender} name={name} gone={person && hasLeft(person)} size="small" />
          )}
        </span>
      )}
      <div className={styles.column}>
        {!own && starts && (
          <span className={styles.name} aria-hidden="true">
            {name}
          </span>
        )}
        <MessageBubble
          message={message}
          own={own}
          starts={starts}
          ends={ends}
          tabIndex={reachable || inside ? 0 : -1}
          actions={
            (near || inside) && !message.deletedAt && <MessageActions message={message} own={own} />
          }
        />
      </div>
    </article>
  );
}
