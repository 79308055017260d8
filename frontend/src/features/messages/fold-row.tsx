import { IconChevronDown } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DayDivider } from '@/features/messages/day-divider';
import row from '@/features/messages/message-row.module.css';
import styles from '@/features/messages/system-line.module.css';
import { SystemLine } from '@/features/messages/system-line';
import type { Message } from '@/features/messages/thread';
import { UnreadDivider } from '@/features/messages/unread-divider';

interface Props {
  lines: readonly [Message, ...Message[]];
  newDay: boolean;
  starts: boolean;
  firstUnread: boolean;
}

/** Several who came and went: how many, and on a press who. */
export function FoldRow({ lines, newDay, starts, firstUnread }: Props) {
  const { t } = useTranslation('messages');
  const [open, setOpen] = useState(false);
  const id = useId();
  const joined = lines.filter(({ line }) => line?.code === 'joined').length;
  const left = lines.length - joined;
  const words = [
    joined > 0 && t('line.manyJoined', { count: joined }),
    left > 0 && t('line.manyLeft', { count: left }),
  ];
  return (
    <div className={row.row} data-starts={starts}>
      {newDay && <DayDivider day={new Date(lines[0].sentAt)} />}
      {firstUnread && <UnreadDivider />}
      <button
        type="button"
        className={styles.fold}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {words.filter(Boolean).join(' · ')}
        <IconChevronDown size={14} stroke={2} aria-hidden="true" className={styles.arrow} />
      </button>
      {open && (
        <ul id={id}>
          {lines.map((message) => (
            <li key={message.seq}>
              <SystemLine message={message} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
