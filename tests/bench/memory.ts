import { assembleGuests } from '../guests/assemble';
import {
  type Bench,
  type BenchContext,
  BenchError,
  type BenchResult,
  ratioRow,
} from './support/bench';
import { consoleUntil } from './support/console';
import { buildMonitor, payloadConfig, startMonitor } from './support/monitor';
import { firstByteAt } from './support/output';
import { ensureQemu, MICROVM, spawnQemu } from './support/qemu';
import { overheadKiB } from './support/smaps';
import { median, round, spread } from './support/stats';
import { sleep } from './support/wait';

const ROUNDS = 7;
const MEMORY_MIB = 128;
const SETTLE_MS = 1000;
const TIMEOUT_MS = 20_000;
const AIM = 1.8;

/** The memfds that hold guest memory, by the names their makers give them. */
const OURS = /^\/memfd:guest-ram\b/;
const QEMUS = /^\/memfd:memory-backend-memfd\b/;

async function run(context: BenchContext): Promise<BenchResult> {
  assembleGuests();
  buildMonitor();
  ensureQemu();
  const ours: number[] = [];
  const idle: number[] = [];
  const qemu: number[] = [];
  for (let i = 1; i <= ROUNDS; i++) {
    context.progress(`round ${i} of ${ROUNDS}`);
    const monitor = await inOurMonitor(context);
    idle.push(monitor.idle);
    ours.push(monitor.running);
    qemu.push(await inQemu(context));
  }
  const keys = {
    overheadKiB: round(median(ours)),
    qemuKiB: round(median(qemu)),
    overQemu: round(median(ours) / median(qemu)),
    warmIdleKiB: round(median(idle)),
  };
  const kib = (value: number): string => `${Math.round(value).toLocaleString('en')} KiB`;
  return {
    rows: [
      { what: 'virtdeck, guest halted', value: kib(keys.overheadKiB) },
      { what: 'QEMU microvm, guest halted', value: kib(keys.qemuKiB) },
      ratioRow('virtdeck, to QEMU', keys.overQemu, AIM),
      { what: 'A monitor that waits for a machine', value: kib(keys.warmIdleKiB) },
    ],
    keys,
    runs: ROUNDS,
    spread: spread(ours),
  };
}

async function inOurMonitor({
  cleanup,
}: BenchContext): Promise<{ readonly idle: number; readonly running: number }> {
  const monitor = await startMonitor(cleanup);
  try {
    await sleep(SETTLE_MS);
    const idle = overheadKiB(monitor.pid, (name) => OURS.test(name)).overhead;
    await monitor.client.configure(payloadConfig('halt', MEMORY_MIB));
    await monitor.client.act('start');
    await consoleUntil(monitor.client, (text) => text.includes('!'), 'virtdeck', TIMEOUT_MS);
    return { idle, running: await settled(monitor.pid, OURS) };
  } finally {
    await monitor.end();
  }
}

async function inQemu({ cleanup }: BenchContext): Promise<number> {
  const options = { payload: 'halt', machine: MICROVM, memoryMiB: MEMORY_MIB, memfd: true };
  const child = spawnQemu(cleanup, options);
  try {
    await firstByteAt(child, 'QEMU', TIMEOUT_MS);
    if (child.pid === undefined) throw new BenchError('QEMU has no process');
    return await settled(child.pid, QEMUS);
  } finally {
    await cleanup.end(child);
  }
}

/** @throws BenchError when the guest's memory is not where it is looked for */
async function settled(pid: number, guestMemory: RegExp): Promise<number> {
  await sleep(SETTLE_MS);
  const { overhead, guestMappings } = overheadKiB(pid, (name) => guestMemory.test(name));
  if (guestMappings === 0) {
    throw new BenchError(`process ${pid} maps no guest memory named ${guestMemory.source}`);
  }
  return overhead;
}

export const memory: Bench = {
  title: 'Memory: what a machine costs beside its own',
  method: [
    `Private dirty memory of the process by /proc/PID/smaps, ${SETTLE_MS} ms after the payload (tests/guests/halt.S) has halted, with one vCPU and ${MEMORY_MIB} MiB of guest memory. Guest memory is a memfd on both sides and its mapping is left out on both.`,
    'A monitor that waits is measured as long after its start, before it is configured.',
    `${ROUNDS} rounds, the two sides in turn; medians; the ratio is of the medians. Spread: virtdeck with the guest halted.`,
  ],
  run,
};
