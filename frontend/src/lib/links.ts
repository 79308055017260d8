export interface LinkPart {
  text: string;
  /** Where it leads, if it is an address. */
  href?: string;
}

const address = /https?:\/\/[^\s<>"'`]+/gi;
/** What ends a sentence rather than an address. A closing bracket belongs to it only if it was opened in it. */
const trailing = /[.,:;!?…。、]+$/;

/** The text in parts, of which web addresses are links. Only http and https: nothing that could run. */
export function linkParts(text: string): LinkPart[] {
  const parts: LinkPart[] = [];
  let from = 0;
  for (const { 0: found, index } of text.matchAll(address)) {
    const href = trimmed(found);
    if (!URL.canParse(href)) continue;
    if (index > from) parts.push({ text: text.slice(from, index) });
    parts.push({ text: href, href });
    from = index + href.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from) });
  return parts;
}

function trimmed(found: string): string {
  const link = found.replace(trailing, '');
  const unopened = link.endsWith(')') && !link.includes('(');
  return unopened ? trimmed(link.slice(0, -1)) : link;
}
