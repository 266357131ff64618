import { assembleGuests, guest } from '../guests/assemble';
import {
  type Bench,
  type BenchContext,
  BenchError,
  type BenchResult,
  ratioRow,
} from './support/bench';
import { buildCLoop, nanosecondsPerTick } from './support/c-loop';
import { consoleUntil } from './support/console';
import { buildMonitor, payloadConfig, startMonitor } from './support/monitor';
import { firstLine } from './support/output';
import { ensureQemu, MICROVM, spawnQemu } from './support/qemu';
import { median, round, spread } from './support/stats';

const ROUNDS = 7;
const MEMORY_MIB = 64;
/** As the payload counts them. */
const EXITS = 200_000;
const TIMEOUT_MS = 120_000;
const AIM_OVER_C = 1.1;

/** What one run of the payload says: nanoseconds of an exit of each kind. */
interface ExitTimes {
  readonly inPlace: number;
  readonly handedOver: number;
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { cleanup } = context;
  assembleGuests();
  buildMonitor();
  ensureQemu();
  const cLoop = buildCLoop(cleanup);
  const nsPerTick = nanosecondsPerTick(cLoop);
  const ours: ExitTimes[] = [];
  const inC: ExitTimes[] = [];
  const qemu: ExitTimes[] = [];
  for (let i = 1; i <= ROUNDS; i++) {
    context.progress(`round ${i} of ${ROUNDS}`);
    ours.push(parse(await inOurMonitor(context), nsPerTick));
    inC.push(parse(await inCLoop(context, cLoop), nsPerTick));
    qemu.push(parse(await inQemu(context), nsPerTick));
  }
  const inPlace = ours.map((times) => times.inPlace);
  const inPlaceNs = median(inPlace);
  const handedOverNs = median(ours.map((times) => times.handedOver));
  const cNs = median(inC.map((times) => times.inPlace));
  const qemuNs = median(qemu.map((times) => times.inPlace));
  const keys = {
    inPlaceNs: round(inPlaceNs),
    handedOverNs: round(handedOverNs),
    cNs: round(cNs),
    qemuNs: round(qemuNs),
    inPlaceOverC: round(inPlaceNs / cNs),
    inPlaceOverQemu: round(inPlaceNs / qemuNs),
  };
  const ns = (value: number): string => `${Math.round(value)} ns`;
  return {
    rows: [
      { what: 'Port write served in place by the vCPU thread', value: ns(inPlaceNs) },
      { what: 'The same in a bare C loop', value: ns(cNs) },
      { what: 'The same in QEMU microvm', value: ns(qemuNs) },
      { what: 'Port write handed over to the thread of the devices', value: ns(handedOverNs) },
      ratioRow('In place, to C', keys.inPlaceOverC, AIM_OVER_C),
      { what: 'In place, to QEMU', value: keys.inPlaceOverQemu.toFixed(2) },
    ],
    keys,
    runs: ROUNDS,
    spread: spread(inPlace),
  };
}

async function inOurMonitor({ cleanup }: BenchContext): Promise<string> {
  const monitor = await startMonitor(cleanup);
  try {
    await monitor.client.configure(payloadConfig('exits', MEMORY_MIB));
    await monitor.client.act('start');
    const whole = (text: string): boolean => text.includes('\n');
    return (await consoleUntil(monitor.client, whole, 'virtdeck', TIMEOUT_MS)).text;
  } finally {
    await monitor.end();
  }
}

async function inCLoop({ cleanup }: BenchContext, cLoop: string): Promise<string> {
  const child = cleanup.spawn(cLoop, [guest('exits'), String(MEMORY_MIB)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    return await firstLine(child, 'the C loop', TIMEOUT_MS);
  } finally {
    await cleanup.end(child);
  }
}

async function inQemu({ cleanup }: BenchContext): Promise<string> {
  const child = spawnQemu(cleanup, { payload: 'exits', machine: MICROVM, memoryMiB: MEMORY_MIB });
  try {
    return await firstLine(child, 'QEMU', TIMEOUT_MS);
  } finally {
    await cleanup.end(child);
  }
}

/** Two counts of TSC ticks in hexadecimal. */
function parse(line: string, nsPerTick: number): ExitTimes {
  const match = /^([0-9a-f]{16}) ([0-9a-f]{16})/.exec(line);
  if (match === null) throw new BenchError(`the payload printed "${line}"`);
  const [inPlace, handedOver] = match
    .slice(1)
    .map((ticks) => (Number.parseInt(ticks, 16) * nsPerTick) / EXITS);
  return { inPlace: inPlace ?? Number.NaN, handedOver: handedOver ?? Number.NaN };
}

export const exits: Bench = {
  title: 'Exits: a port access from the guest and back',
  method: [
    `One payload kernel (tests/guests/exits.S) times ${EXITS.toLocaleString('en')} writes of the UART's scratch register, then as many of the real-time clock's index port, with the time-stamp counter, whose frequency is measured against the monotonic clock.`,
    'The very same file runs in our monitor, in a C program that does nothing but KVM_RUN and drop the access (tests/bench/support/c-loop.c), and in QEMU microvm.',
    `${ROUNDS} rounds, the three sides in turn; medians; the ratios are of the medians. Spread: the access served in place.`,
  ],
  run,
};
