/** The item one step from this one, stopping at the ends; without a known one, the first or the last. */
export function neighbour<T>(
  items: readonly T[],
  from: T | undefined,
  step: 1 | -1,
): T | undefined {
  const at = from === undefined ? -1 : items.indexOf(from);
  if (at < 0) return step === 1 ? items[0] : items.at(-1);
  return items[Math.min(Math.max(at + step, 0), items.length - 1)];
}
