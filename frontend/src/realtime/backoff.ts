const BASE = 500;
const CAP = 10_000;

/**
 * How long to wait before the next dial, in milliseconds: anything between nothing and a bound that doubles with every
 * attempt ("full jitter"), so that many clients that lost one server do not come back together.
 */
export function backoff(attempt: number, random: () => number): number {
  return random() * Math.min(CAP, BASE * 2 ** attempt);
}

/** Many come back from the same loss of network or server: up to a second of difference between them. */
export function apart(random: () => number): number {
  return random() * 1000;
}

/** How long to wait when the server named a time in seconds: never earlier, and spread over as much again, at least a second. */
export function afterSeconds(seconds: number, random: () => number): number {
  return seconds * 1000 + random() * Math.max(1000, seconds * 1000);
}
