import { expect, it } from 'vitest';
import { linkParts } from '@/lib/links';

/** The parts, links in brackets. */
const shown = (text: string) =>
  linkParts(text)
    .map(({ text: part, href }) => (href ? `[${part}]` : part))
    .join('');

it.each([
  ['see https://example.org/a?b=c#d now', 'see [https://example.org/a?b=c#d] now'],
  ['여기야 http://example.org.', '여기야 [http://example.org].'],
  ['(https://example.org)', '([https://example.org])'],
  ['https://example.org/wiki/Joy_(feeling)', '[https://example.org/wiki/Joy_(feeling)]'],
  ['two: https://a.example, https://b.example!', 'two: [https://a.example], [https://b.example]!'],
  ['no link here', 'no link here'],
  ['javascript:alert(1) data:text/html,x ftp://x', 'javascript:alert(1) data:text/html,x ftp://x'],
  ['https://', 'https://'],
  ['', ''],
])('%j', (text, expected) => {
  expect(shown(text)).toBe(expected);
});
