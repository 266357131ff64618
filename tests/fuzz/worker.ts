import { Random } from './random';
import { TARGETS } from './targets';

/** What a fuzzing process tells its parent. */
export interface FuzzProgress {
  /** Of the round under way. */
  readonly seed: number;
  readonly rounds: number;
  readonly operations: number;
  readonly failure?: string;
  readonly isLast?: boolean;
}

const TELL_EVERY_MS = 500;

async function main(): Promise<void> {
  const [name = '', milliseconds, firstSeed] = process.argv.slice(2);
  const target = TARGETS[name]?.();
  if (target === undefined) throw new Error(`no target ${name}`);
  const tell = (progress: FuzzProgress): void => void process.send?.(progress);
  const end = performance.now() + Number(milliseconds);
  let seed = Number(firstSeed);
  let rounds = 0;
  let operations = 0;
  let toldAt = 0;
  for (; performance.now() < end; seed++, rounds++) {
    if (performance.now() - toldAt > TELL_EVERY_MS) {
      toldAt = performance.now();
      tell({ seed, rounds, operations });
    }
    try {
      operations += await target.round(new Random(seed));
    } catch (error) {
      const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell({ seed, rounds, operations, failure });
      return;
    }
  }
  target.close?.();
  tell({ seed, rounds, operations, isLast: true });
}

// The parent ends this process once it has heard the last word.
void main();
