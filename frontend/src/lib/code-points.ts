/** A half-open range of Unicode code points. */
export interface CodePointSpan {
  start: number;
  end: number;
}

export interface TextPart {
  text: string;
  marked: boolean;
}

/** How long a text is for the server, which counts code points: "👍🏽" is two, "한" is one. */
export function countCodePoints(text: string): number {
  return Array.from(text).length;
}

/**
 * The text in parts, marked where a span lies. A span that begins or ends inside of what people see as one character (an emoji of
 * several code points, a letter with its accent) is widened to the whole of it. Spans may overlap and come in any order.
 */
export function markedParts(text: string, spans: readonly CodePointSpan[]): TextPart[] {
  if (spans.length === 0) return text === '' ? [] : [{ text, marked: false }];
  let at = 0;
  const parts = Array.from(characters(text), (character) => {
    const from = at;
    at += countCodePoints(character);
    return {
      text: character,
      marked: spans.some((span) => span.start < at && span.end > from),
    };
  });
  return merged(parts);
}

/** So much of a text is shown before its first mark, in characters; a third of the excerpt at most. */
const LEAD = 16;

/**
 * A part of the text that is at most so many characters long and has the first mark in it, near its beginning; on one line, and with
 * "…" where something is missing.
 */
export function excerptAround(
  text: string,
  marks: readonly CodePointSpan[],
  most: number,
): TextPart[] {
  const all = markedParts(text, marks).flatMap(({ text: part, marked }) =>
    Array.from(characters(part.replace(/\s+/g, ' ')), (character) => ({ text: character, marked })),
  );
  const first = all.findIndex(({ marked }) => marked);
  const lead = Math.min(LEAD, Math.floor(most / 3));
  const from = all.length <= most ? 0 : Math.max(0, first - lead);
  const shown = all.slice(from, from + most);
  if (from > 0) shown.unshift({ text: '…', marked: false });
  if (from + most < all.length) shown.push({ text: '…', marked: false });
  return merged(shown);
}

function merged(parts: readonly TextPart[]): TextPart[] {
  const whole: TextPart[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last?.marked === part.marked) last.text += part.text;
    else whole.push({ ...part });
  }
  return whole;
}

/** What people see as single characters; code points where the browser cannot tell. */
function characters(text: string): Iterable<string> {
  if (typeof Intl.Segmenter !== 'function') return text;
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return Array.from(segments, ({ segment }) => segment);
}
