/** What set-up says to the person at the terminal: a line a step, and what a failure needs. */

/** Something is missing that set-up cannot get by itself. */
export class Missing extends Error {
  /**
   * @param {string} what the cause, in a sentence
   * @param {string} remedy what the person can do about it
   */
  constructor(what, remedy) {
    super(what);
    this.remedy = remedy;
  }
}

/** @param {string} text */
export function say(text) {
  console.log(`▸ ${text}`);
}

/**
 * Runs a step and says how long it took, if it took any time.
 * @template T
 * @param {string} name
 * @param {() => T | Promise<T>} run
 */
export async function step(name, run) {
  say(`${name} …`);
  const began = performance.now();
  const result = await run();
  const seconds = (performance.now() - began) / 1000;
  if (seconds >= 1) say(`${name}: done in ${seconds.toFixed(0)} s`);
  return result;
}

/**
 * Runs a program to its end; what went missing is told, and the exit code is not zero.
 * @param {() => Promise<number>} program gives the exit code
 */
export async function main(program) {
  try {
    process.exitCode = await program();
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    console.error(`\n✗ ${error.message}\n  ${error.remedy}`);
    process.exitCode = 1;
  }
}
