/** From here on every second counts, before only minutes do. */
export const SOON = 15 * 60;

/**
 * Seconds until a moment, none of them negative, as fine as people want to know it: to the second within the last quarter of an hour, before that
 * rounded up to minutes.
 */
export function secondsLeft(until: number, now: number): number {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return seconds <= SOON ? seconds : Math.ceil(seconds / 60) * 60;
}

/** Minutes and seconds as on a clock, "4:07". */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
