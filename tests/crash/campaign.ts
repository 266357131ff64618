import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../fuzz/random';
import type { TestConsole } from '../support/console';
import { Day } from './day';
import { Gate } from './gate';
import { Inspector } from './inspection';
import { Ledger } from './ledger';
import { PersistentClient } from './persistent-client';

/** Days that go on side by side. */
const DAYS = 2;
/** A console lives for fewer answers than these, whatever that takes on this host, … */
const LIFE_STEPS = 40;
const LIFE_MS = 8000;
/** … and a moment more, so that it dies in the middle of the next one. */
const MOMENT_MS = 60;
const LOOK_MS = 2;
/** One start in so many is cut off, too: what clears up after a crash crashes. */
const START_CUT = 4;
/** A console has started by then, on a host that is not busy. */
const START_MS = 1200;

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
  const inspector = new Inspector(console, ledger);
  const faults: string[] = [];
  const note = (when: string, found: readonly string[]): void => {
    faults.push(...found.map((fault) => `${when}: ${fault}`));
  };
  let isOver = false;
  let rounds = 0;
  let killed = 0;

  const live = async (number: number): Promise<void> => {
    const day = new Day(client, ledger, new Random(random.u32()), `day${number}`, number);
    while (!isOver) {
      await day.round();
      rounds += 1;
    }
  };
  // A day that breaks ends everything, and tells why.
  const days = Array.from({ length: DAYS }, (_, number) =>
    live(number).catch((error: unknown) => {
      isOver = true;
      note(`after kill ${killed}`, [String(error)]);
    }),
  );

  const untilSteps = async (steps: number): Promise<void> => {
    const deadline = Date.now() + LIFE_MS;
    while (ledger.steps < steps && Date.now() < deadline && !isOver) await sleep(LOOK_MS);
  };
  const kill = async (): Promise<void> => {
    await console.kill();
    killed += 1;
    progress(killed);
  };
  while (killed < kills && faults.length === 0) {
    await untilSteps(ledger.steps + random.below(LIFE_STEPS));
    await sleep(random.below(MOMENT_MS));
    await kill();
    await gate.close();
    while (killed < kills && random.oneIn(START_CUT)) {
      console.begin();
      await sleep(random.below(START_MS));
      await kill();
    }
    await console.launch();
    note(`after kill ${killed}`, await inspector.inspect());
    gate.release();
  }
  isOver = true;
  await Promise.all(days);
  note('at the end', await inspector.inspect());
  if (faults.length === 0) note('when all is deleted', await inspector.clearUp());
  return { kills: killed, steps: ledger.steps, rounds, faults };
}
