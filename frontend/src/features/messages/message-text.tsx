import styles from '@/features/messages/message-text.module.css';
import { countCodePoints, markedParts, type CodePointSpan } from '@/lib/code-points';
import { linkParts, type LinkPart } from '@/lib/links';

interface Props {
  body: string;
  /** The words that carry its reading. */
  evidence: readonly CodePointSpan[];
  /** They are underlined now. */
  marked: boolean;
}

/** What somebody wrote, as they wrote it; web addresses lead there. */
export function MessageText({ body, evidence, marked }: Props) {
  const spans = marked ? evidence : [];
  return (
    <p className={styles.text}>
      {placed(linkParts(body)).map(({ text, href, start }) => {
        const words = <Words key={start} text={text} spans={shifted(spans, start)} />;
        if (!href) return words;
        return (
          <a key={start} href={href} target="_blank" rel="noopener noreferrer">
            {words}
          </a>
        );
      })}
    </p>
  );
}

function Words({ text, spans }: { text: string; spans: readonly CodePointSpan[] }) {
  if (spans.length === 0) return text;
  return markedParts(text, spans).map((part, i) =>
    part.marked ? (
      <mark key={i} className={styles.evidence}>
        {part.text}
      </mark>
    ) : (
      part.text
    ),
  );
}

/** The parts with the code point at which each begins. */
function placed(parts: readonly LinkPart[]): (LinkPart & { start: number })[] {
  let end = 0;
  return parts.map((part) => {
    const start = end;
    end += countCodePoints(part.text);
    return { ...part, start };
  });
}

/** The spans as they lie in a part of the text that begins at `start`. */
function shifted(spans: readonly CodePointSpan[], start: number): CodePointSpan[] {
  return spans
    .map((span) => ({ start: span.start - start, end: span.end - start }))
    .filter(({ end }) => end > 0);
}
