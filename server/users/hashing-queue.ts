import { ProblemError } from '../problems/problem-error';

/** Each takes 19 MiB and one of the four threads by which Node also reads and writes files. */
const AT_ONCE = 2;
/** A second or two of work; who comes later is better told than kept. */
const MOST_WAITING = 64;

let running = 0;
const waiting: (() => void)[] = [];

/**
 * Hashes passwords a few at a time, first come, first served, so that strangers who try to sign in
 * from everywhere take neither all memory nor all threads.
 * @throws ProblemError 503 when too many wait
 */
export async function inHashingQueue<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw tooBusy();
    // The place goes from hand to hand, so nobody can come in between.
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

function tooBusy(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'too-busy',
    title: 'Too many passwords to check',
    detail: 'Many people, or somebody in their names, try to sign in at once.',
    hint: 'Try again in a moment.',
    headers: { 'retry-after': '2' },
  });
}
