/** Where the scale of a chart ends: a round number, with a whole half, that the most of all fits under. */
export function topOf(most: number): number {
  if (most <= 20) return Math.max(2, 2 * Math.ceil(most / 2));
  for (let tens = 10; ; tens *= 10) {
    const top = [2, 3, 4, 5, 6, 8, 10].find((step) => step * tens >= most);
    if (top !== undefined) return top * tens;
  }
}
