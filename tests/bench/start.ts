import { assembleGuests } from '../guests/assemble';
import { type Bench, type BenchContext, type BenchResult, ratioRow } from './support/bench';
import { consoleUntil } from './support/console';
import { type BenchMonitor, buildMonitor, payloadConfig, startMonitor } from './support/monitor';
import { firstByteAt } from './support/output';
import { ensureQemu, LEAN_MICROVM, MICROVM, spawnQemu } from './support/qemu';
import { median, round, spread } from './support/stats';
import { sleep } from './support/wait';

const ROUNDS = 21;
const MEMORY_MIB = 64;
const TIMEOUT_MS = 20_000;
/** How long a monitor waits idle before it is claimed: all it does at its start is done by then. */
const IDLE_MS = 300;
const AIM_WARM = 1 / 3;
const AIM_COLD = 2;

async function run(context: BenchContext): Promise<BenchResult> {
  assembleGuests();
  buildMonitor();
  ensureQemu();
  const cold: number[] = [];
  const warm: number[] = [];
  const qemu: number[] = [];
  const lean: number[] = [];
  // The first round fills the page cache and warms our own code; it does not count.
  for (let i = 0; i <= ROUNDS; i++) {
    const times = [
      await coldStart(context),
      await qemuStart(context, MICROVM),
      await warmStart(context),
      await qemuStart(context, LEAN_MICROVM),
    ] as const;
    if (i === 0) continue;
    if (i % 7 === 0) context.progress(`round ${i} of ${ROUNDS}`);
    const sides = [cold, qemu, warm, lean];
    for (const [side, ms] of times.entries()) sides[side]?.push(ms);
  }
  return result(cold, warm, qemu, lean);
}

function result(cold: number[], warm: number[], qemu: number[], lean: number[]): BenchResult {
  const keys = {
    coldMs: round(median(cold)),
    warmMs: round(median(warm)),
    qemuMs: round(median(qemu)),
    qemuLeanMs: round(median(lean)),
    coldOverQemu: round(median(cold) / median(qemu)),
    warmOverQemu: round(median(warm) / median(qemu)),
    coldOverQemuLean: round(median(cold) / median(lean)),
    warmOverQemuLean: round(median(warm) / median(lean)),
  };
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return {
    rows: [
      { what: 'virtdeck, new process', value: ms(keys.coldMs) },
      { what: 'virtdeck, monitor that waited', value: ms(keys.warmMs) },
      { what: 'QEMU microvm', value: ms(keys.qemuMs) },
      { what: 'QEMU microvm, all it can spare taken off', value: ms(keys.qemuLeanMs) },
      ratioRow('New process, to QEMU', keys.coldOverQemu, AIM_COLD),
      ratioRow('Monitor that waited, to QEMU', keys.warmOverQemu, AIM_WARM),
      { what: 'New process, to lean QEMU', value: keys.coldOverQemuLean.toFixed(2) },
      { what: 'Monitor that waited, to lean QEMU', value: keys.warmOverQemuLean.toFixed(2) },
    ],
    keys,
    runs: ROUNDS,
    spread: spread(warm),
  };
}

async function coldStart({ cleanup }: BenchContext): Promise<number> {
  const began = performance.now();
  const monitor = await startMonitor(cleanup);
  try {
    return (await firstOutAt(monitor)) - began;
  } finally {
    await monitor.end();
  }
}

async function warmStart({ cleanup }: BenchContext): Promise<number> {
  const monitor = await startMonitor(cleanup);
  try {
    await sleep(IDLE_MS);
    const began = performance.now();
    return (await firstOutAt(monitor)) - began;
  } finally {
    await monitor.end();
  }
}

/** What the console does for a start: configure, start, and follow the machine's output. */
async function firstOutAt({ client }: BenchMonitor): Promise<number> {
  await client.configure(payloadConfig('first-out', MEMORY_MIB));
  const seen = consoleUntil(client, (text) => text.includes('!'), 'virtdeck', TIMEOUT_MS);
  const [out] = await Promise.all([seen, client.act('start')]);
  return out.at;
}

async function qemuStart({ cleanup }: BenchContext, machine: string): Promise<number> {
  const began = performance.now();
  const child = spawnQemu(cleanup, { payload: 'first-out', machine, memoryMiB: MEMORY_MIB });
  try {
    return (await firstByteAt(child, 'QEMU', TIMEOUT_MS)) - began;
  } finally {
    await cleanup.end(child);
  }
}

export const start: Bench = {
  title: 'Start: from the request to the first thing the guest does',
  method: [
    "The first instruction of the payload (tests/guests/first-out.S) that leaves the guest writes '!' to the serial port. The clock stops when this process has read that byte: from QEMU's standard output through a pipe, from our monitor through its control socket, which is how the console reads it. What that costs us is counted.",
    `New process: from the spawn of a monitor. Monitor that waited: one spawned ${IDLE_MS} ms earlier, as the console keeps one; from the request that configures it. QEMU: from its spawn, once as \`-M microvm\`, once with the small firmware and without PIC, PIT, RTC and option ROMs (our machine has PIC, PIT and RTC).`,
    `${ROUNDS} rounds, the four sides in turn, one more before them that does not count; medians; the ratios are of the medians. Spread: the monitor that waited.`,
  ],
  run,
};
