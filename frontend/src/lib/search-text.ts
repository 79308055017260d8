/**
 * What is searched for, as an address says it: trimmed, and no longer than the server takes, which counts code points. The router reads what
 * looks like a number as one, and words may look like that.
 */
export function searchText(value: unknown, most: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return Array.from(String(value).trim()).slice(0, most).join('') || undefined;
}
