import fs from 'node:fs';
import path from 'node:path';
import { lockFile } from '../../vmm-core/storage/file-lock';
import { compileGuest } from '../guests/assemble';
import type { Bench, BenchContext, BenchResult, BenchRow } from './support/bench';
import { buildCLoop, nanosecondsPerTick } from './support/c-loop';
import { buildMonitor } from './support/monitor';
import { type Measurement, pacedInOurMonitor, pacedInQemu } from './support/paced';
import { ensureQemu, MICROVM_PCIE } from './support/qemu';
import { median, round, spread } from './support/stats';

const ROUNDS = 3;
const MEMORY_MIB = 64;
const DISK_BYTES = 256 * 2 ** 20;
const SPAN = 128 * 2 ** 20;
const CMDLINE = `span=${SPAN} n=20000 m=300`;
const NAMES = ['seqRead', 'seqWrite', 'readQd1', 'readQd32', 'writeQd1', 'writeQd32'] as const;
type Name = (typeof NAMES)[number];
const MIB_EACH = new Set<Name>(['seqRead', 'seqWrite']);

/** One side's runs. */
interface Side {
  readonly name: string;
  readonly runs: ReadonlyMap<string, Measurement>[];
}

async function run(context: BenchContext): Promise<BenchResult> {
  const { cleanup } = context;
  compileGuest('block-bench');
  buildMonitor();
  ensureQemu();
  const nsPerTick = nanosecondsPerTick(buildCLoop(cleanup));
  const disk = path.join(cleanup.directory(), 'disk.img');
  fs.writeFileSync(disk, Buffer.alloc(DISK_BYTES, 1));
  const caches = ['buffered', 'direct'] as const;
  const sides = caches.map((cache) => ({
    cache,
    ours: { name: 'virtdeck', runs: [] } as Side,
    uring: { name: 'QEMU io_uring', runs: [] } as Side,
    threads: { name: 'QEMU threads', runs: [] } as Side,
  }));
  for (let i = 1; i <= ROUNDS; i++) {
    for (const { cache, ours, uring, threads } of sides) {
      context.progress(`round ${i} of ${ROUNDS}, ${cache}`);
      warm(disk, cache);
      ours.runs.push(
        await pacedInOurMonitor(context, 'block-bench', NAMES.length, MEMORY_MIB, {
          cmdline: CMDLINE,
          memoryPages: 'transparent',
          disks: [{ id: 'disk', path: disk, readOnly: false, cache, queues: 1 }],
        }),
      );
      warm(disk, cache);
      uring.runs.push(await inQemu(context, disk, 'io_uring', cache));
      warm(disk, cache);
      threads.runs.push(
        await inQemu(context, disk, cache === 'direct' ? 'native' : 'threads', cache),
      );
    }
  }
  const perSecond = (side: Side, name: Name): number[] =>
    side.runs.map((measurements) => rate(measurements, name, nsPerTick));
  const cpuUs = (side: Side, name: Name): number =>
    median(side.runs.map((m) => (m.get(name)?.cpuNs ?? 0) / (m.get(name)?.operations ?? 1) / 1000));
  const rows: BenchRow[] = sides.flatMap(({ cache, ours, uring, threads }) =>
    NAMES.map((name) => {
      const unit = MIB_EACH.has(name) ? 'MiB/s' : 'IOPS';
      const figures = [ours, uring, threads].map(
        (side) =>
          `${side.name} ${Math.round(median(perSecond(side, name)))} ${unit}, ${cpuUs(side, name).toFixed(1)} µs`,
      );
      return { what: `${name}, ${cache}`, value: figures.join('; ') };
    }),
  );
  const [buffered] = sides;
  if (buffered === undefined) throw new RangeError('no side');
  const best = (name: Name): number =>
    Math.max(...[buffered.uring, buffered.threads].map((side) => median(perSecond(side, name))));
  const keys = {
    seqMiBs: round(median(perSecond(buffered.ours, 'seqRead'))),
    qemuSeqMiBs: round(best('seqRead')),
    iopsQd1: round(median(perSecond(buffered.ours, 'readQd1'))),
    qemuIopsQd1: round(best('readQd1')),
    iopsQd32: round(median(perSecond(buffered.ours, 'readQd32'))),
    qemuIopsQd32: round(best('readQd32')),
    cpuPerIoUs: round(cpuUs(buffered.ours, 'readQd32')),
    qemuCpuPerIoUs: round(cpuUs(buffered.uring, 'readQd32')),
  };
  return { rows, keys, runs: ROUNDS, spread: spread(perSecond(buffered.ours, 'readQd32')) };
}

/** Direct writes have thrown the file out of the page cache: each side finds it there again. */
function warm(disk: string, cache: string): void {
  if (cache === 'buffered') fs.readFileSync(disk);
}

function rate(
  measurements: ReadonlyMap<string, Measurement>,
  name: Name,
  nsPerTick: number,
): number {
  const { operations, cycles } = measurements.get(name) ?? { operations: 0, cycles: 1 };
  return operations / ((cycles * nsPerTick) / 1e9);
}

/** The kernel lets go of the file a moment after our monitor is gone; QEMU does not wait for that. */
function untilFree(disk: string): void {
  const fd = fs.openSync(disk, 'r+');
  try {
    lockFile(fd, disk, false);
  } finally {
    fs.closeSync(fd);
  }
}

async function inQemu(
  context: BenchContext,
  disk: string,
  aio: 'io_uring' | 'threads' | 'native',
  cache: 'buffered' | 'direct',
): Promise<ReadonlyMap<string, Measurement>> {
  untilFree(disk);
  const direct = cache === 'direct' ? 'on' : 'off';
  return pacedInQemu(context, NAMES.length, {
    payload: 'block-bench',
    machine: MICROVM_PCIE,
    memoryMiB: MEMORY_MIB,
    cmdline: CMDLINE,
    devices: [
      ...['-drive', `if=none,id=disk,file=${disk},format=raw,aio=${aio},cache.direct=${direct}`],
      ...['-device', 'virtio-blk-pci,drive=disk,disable-legacy=on'],
    ],
  });
}

export const block: Bench = {
  title: 'Disk',
  method: [
    'A payload in user mode drives a virtio disk by polling: 1 MiB sequential with 4 requests in flight, 4 KiB random with 1 and with 32, over 128 MiB of a file.',
    "The same payload file runs in our monitor and in QEMU's microvm with a PCI Express bus, one after the other in each round; QEMU with io_uring and with threads (native AIO where the page cache is passed by).",
    "Guest memory is the host's to join to huge pages, on both sides.",
    'CPU time an operation is that of every thread but the vCPU, which spins.',
  ],
  run,
};
