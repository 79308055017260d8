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
  const parts: TextPart[] = [];
  let at = 0;
  for (const character of characters(text)) {
    const end = at + countCodePoints(character);
    const from = at;
    const marked = spans.some((span) => span.start < end && span.end > from);
    const last = parts.at(-1);
    if (last?.marked === marked) last.text += character;
    else parts.push({ text: character, marked });
    at = end;
  }
  return parts;
}

/** What people see as single characters; code points where the browser cannot tell. */
function characters(text: string): Iterable<string> {
  if (typeof Intl.Segmenter !== 'function') return text;
  const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return Array.from(segments, ({ segment }) => segment);
}
