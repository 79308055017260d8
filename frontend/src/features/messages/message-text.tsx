import styles from '@/features/messages/message-text.module.css';
import { markedParts, type CodePointSpan } from '@/lib/code-points';

interface Props {
  body: string;
  /** The words that carry its reading. */
  evidence: readonly CodePointSpan[];
  /** They are underlined now. */
  marked: boolean;
}

/** What somebody wrote, as they wrote it. */
export function MessageText({ body, evidence, marked }: Props) {
  if (!marked || evidence.length === 0) return <p className={styles.text}>{body}</p>;
  return (
    <p className={styles.text}>
      {markedParts(body, evidence).map((part, i) =>
        part.marked ? (
          <mark key={i} className={styles.evidence}>
            {part.text}
          </mark>
        ) : (
          part.text
        ),
      )}
    </p>
  );
}
