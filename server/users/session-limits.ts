const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A session ends when it was not used this long … */
export const SESSION_IDLE_MS = 7 * DAY_MS;
/** … and this long after sign-in whatever happens. */
export const SESSION_MAX_MS = 30 * DAY_MS;
/** How exactly `lastSeenAt` is kept: not every request has to write. */
export const SEEN_STEP_MS = MINUTE_MS;
