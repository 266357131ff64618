const TICK_MS = 5_000;
/** Timers of a tab that is seen are never this late, unless the whole computer stood still. */
const SLEPT_MS = 20_000;

/**
 * Tells when the computer has slept. A connection from before may be dead without anybody saying so:
 * what would have told of its end was sent to a computer that did not listen.
 * @returns stops telling
 */
export function onWake(listener: () => void): () => void {
  let last = Date.now();
  const timer = setInterval(() => {
    const late = Date.now() - last - TICK_MS;
    last = Date.now();
    // Browsers slow the timers of hidden tabs down, and what is hidden rests anyway.
    if (late > SLEPT_MS && !document.hidden) listener();
  }, TICK_MS);
  return () => clearInterval(timer);
}
