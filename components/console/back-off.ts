const FIRST_MS = 250;
const LONGEST_MS = 5_000;
/** Part of a delay that is left to chance, so that many viewers do not come back at once. */
const JITTER = 0.3;

/**
 * @param attempt how often it was tried in vain, from 0
 * @param chance 0 to 1
 * @returns how long to wait before the next try, in ms
 */
export function backOffMs(attempt: number, chance: number = Math.random()): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(full * (1 - JITTER * chance));
}
