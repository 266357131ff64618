import type { RestartPolicy } from '../machine/config';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** A boot that ran for so long was a good one: the next failure waits the shortest delay again. */
const GOOD_RUN_MS = 60_000;

/** How a boot came to its end without anybody of this host asking for it. */
export type EndKind = 'crashed' | 'ended';

/** Decides whether a machine that ended boots again, and when: later each time it ends early. */
export class Restarter {
  private earlyEnds = 0;

  constructor(private readonly policy: RestartPolicy) {}

  /**
   * @param ranMs how long the boot ran
   * @returns milliseconds to wait before the next boot; undefined when the machine is to stay down
   */
  delayAfter(kind: EndKind, ranMs: number): number | undefined {
    if (this.policy === 'never' || (this.policy === 'on-crash' && kind === 'ended')) {
      return undefined;
    }
    if (ranMs >= GOOD_RUN_MS) this.earlyEnds = 0;
    const delay = Math.min(FIRST_DELAY_MS * 2 ** this.earlyEnds, LONGEST_DELAY_MS);
    this.earlyEnds += 1;
    return delay;
  }
}
