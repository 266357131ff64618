import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../fuzz/random';
import type { TestConsole } from '../support/console';
import { Day, Ledger } from './day';
import { Gate } from './gate';
import { inspect } from './inspection';
import { PersistentClient } from './persistent-client';

/** Days that go on side by side. */
const DAYS = 2;
/** How long a console lives, in milliseconds. */
const LIFE_MS = { least: 50, most: 1500 };

export interface CrashReport {
  readonly kills: number;
  /** Requests that were answered, and whose effect was therefore there to stay. */
  readonly steps: number;
  readonly rounds: number;
  /** What was wrong, with the number of the kill after which it was. */
  readonly faults: readonly string[];
}

/**
 * Kills a console, started for this alone, at random moments of a day's work, and inspects what is
 * there after each start.
 */
export async function crashDay(
  console: TestConsole,
  kills: number,
  seed: number,
  progress: (kill: number) => void = () => {},
): Promise<CrashReport> {
  const random = new Random(seed);
  const gate = new Gate();
  const ledger = new Ledger();
  const client = new PersistentClient(console, gate);
  const faults: string[] = [];
  let isOver = false;
  let rounds = 0;
  let killed = 0;

  const live = async (title: string): Promise<void> => {
    const day = new Day(client, ledger, new Random(random.u32()), title);
    while (!isOver) {
      await day.round();
      rounds += 1;
    }
  };
  const days = Array.from({ length: DAYS }, (_, i) => live(`day${i}`));
  // A day that breaks ends everything, and tells why.
  const broken = Promise.all(days).then(() => {});
  broken.catch((error: unknown) => {
    faults.push(`after kill ${killed}: ${String(error)}`);
  });

  while (killed < kills && faults.length === 0) {
    await sleep(LIFE_MS.least + random.below(LIFE_MS.most - LIFE_MS.least));
    const quiet = console.kill().then(() => gate.close());
    await quiet;
    killed += 1;
    progress(killed);
    await console.launch();
    for (const fault of await inspect(console, ledger)) {
      faults.push(`after kill ${killed}: ${fault}`);
    }
    gate.release();
  }
  isOver = true;
  await broken.catch(() => {});
  for (const fault of await inspect(console, ledger)) faults.push(`at the end: ${fault}`);
  return { kills: killed, steps: ledger.steps, rounds, faults };
}
