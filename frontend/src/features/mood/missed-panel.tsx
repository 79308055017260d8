import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/client';
import { problemText } from '@/api/problem-text';
import { EmotionIcon } from '@/features/emotion/emotion-icon';
import ink from '@/features/emotion/ink.module.css';
import { MessageLink } from '@/features/mood/message-link';
import styles from '@/features/mood/missed-panel.module.css';
import { digestQuery } from '@/features/mood/queries';
import { messageQuery } from '@/features/messages/queries';
import { useNames } from '@/features/rooms/queries';
import { classNames } from '@/lib/class-names';
import { ErrorState } from '@/ui/error-state';
import { SkeletonRows } from '@/ui/skeleton';

/** So many messages of each kind are shown by their words. */
const SHOWN = 3;

interface Props {
  roomId: number;
  after: number;
  /** One of the messages was gone to. */
  onGo: () => void;
}

/** What the messages after one of them were like, with ways to the clearest of each kind. */
export function MissedPanel({ roomId, after, onGo }: Props) {
  const { t } = useTranslation('mood');
  const { data, error, refetch } = useQuery(digestQuery(roomId, after));
  return (
    <div className={styles.panel}>
      <h2 className={styles.title}>{t('missed.title')}</h2>
      {error && (
        <ErrorState
          title={t('missed.failed')}
          text={problemText(error)}
          onRetry={() => void refetch()}
        />
      )}
      {!error && !data && <SkeletonRows rows={2} />}
      {!error && data && <Digest digest={data} roomId={roomId} onGo={onGo} />}
    </div>
  );
}

function Digest({
  digest,
  roomId,
  onGo,
}: { digest: Schema<'Digest'> } & Pick<Props, 'roomId' | 'onGo'>) {
  const { t } = useTranslation(['mood', 'emotion']);
  const { unread, sentence, groups, unclear, without } = digest;
  if (unread === 0) return <p className={styles.note}>{t('missed.none')}</p>;
  return (
    <>
      <p className={styles.note}>{t('missed.about', { count: unread })}</p>
      {sentence && sentence.length > 0 && (
        <>
          <Sentence claims={sentence} roomId={roomId} onGo={onGo} />
          <p className={styles.note}>{t('missed.made')}</p>
        </>
      )}
      {groups.length > 0 && (
        <ul aria-label={t('missed.groups')} className={styles.groups}>
          {groups.map(({ label, count, seqs }) => (
            <li key={label} className={styles.group}>
              <p data-label={label} className={classNames(ink.ink, styles.label)}>
                <EmotionIcon of={label} size={16} />
                <span className={styles.word}>{t(`emotion:label.${label}`)}</span>{' '}
                <span className={styles.count}>{t('missed.count', { count })}</span>
              </p>
              <ul className={styles.links}>
                {seqs.slice(0, SHOWN).map((seq) => (
                  <li key={seq}>
                    <MessageLink roomId={roomId} seq={seq} className={styles.link} onGo={onGo}>
                      <Words roomId={roomId} seq={seq} />
                    </MessageLink>
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
      {unclear > 0 && <p className={styles.note}>{t('missed.unclear', { count: unclear })}</p>}
      {without > 0 && <p className={styles.note}>{t('missed.without', { count: without })}</p>}
    </>
  );
}

/** What the remote service says of them; after each part the messages that it speaks of. */
function Sentence({
  claims,
  roomId,
  onGo,
}: { claims: readonly Schema<'Claim'>[] } & Pick<Props, 'roomId' | 'onGo'>) {
  const { t } = useTranslation('mood');
  const cited = [...new Set(claims.flatMap(({ seqs }) => seqs))];
  return (
    <p className={styles.sentence}>
      {claims.map(({ text, seqs }, i) => (
        <span key={i}>
          {text}
          {seqs.map((seq) => {
            const number = cited.indexOf(seq) + 1;
            return (
              <MessageLink
                key={seq}
                roomId={roomId}
                seq={seq}
                label={t('missed.cite', { number })}
                className={styles.cite}
                onGo={onGo}
              >
                {number}
              </MessageLink>
            );
          })}{' '}
        </span>
      ))}
    </p>
  );
}

/** Who wrote it, and how it begins. */
function Words({ roomId, seq }: { roomId: number; seq: number }) {
  const { t } = useTranslation('mood');
  const { nickname } = useNames(roomId);
  const { data: message } = useQuery(messageQuery(roomId, seq));
  if (!message?.body) return t('missed.see');
  const name = nickname(message.sender) ?? t('missed.somebody');
  return t('missed.words', { name, words: message.body });
}
