import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { TestNamespace } from '../../vmm-core/net/testing/namespace';
import { compileGuest } from '../guests/assemble';
import { type Bench, type BenchContext, BenchError, type BenchResult } from './support/bench';
import { buildCLoop, nanosecondsPerTick } from './support/c-loop';
import { buildMonitor } from './support/monitor';
import { type Measurement, type PaceHooks, pacedInOurMonitor, pacedInQemu } from './support/paced';
import { ensureQemu, MICROVM_PCIE } from './support/qemu';
import { median, round, spread } from './support/stats';

const ROUNDS = 3;
const MEMORY_MIB = 64;
const CMDLINE = 'n=1000000';
const TAP = 'tap0';
const MAC = '02:00:00:00:00:01';
/** In the order of the payload, with the bytes of a packet. */
const MEASUREMENTS = { txSmall: 1500, txLarge: 65_000, rxSmall: 1500, rxLarge: 65_000 } as const;
type Name = keyof typeof MEASUREMENTS;
const NAMES = Object.keys(MEASUREMENTS) as Name[];

type Runs = ReadonlyMap<string, Measurement>[];

async function run(context: BenchContext): Promise<BenchResult> {
  const { cleanup } = context;
  compileGuest('net-bench');
  buildMonitor();
  ensureQemu();
  const nsPerTick = nanosecondsPerTick(buildCLoop(cleanup));
  const flood = buildFlood(context);
  const ours: Runs = [];
  const qemu: Runs = [];
  const namespace = TestNamespace.enter();
  try {
    namespace.ip(`tuntap add ${TAP} mode tap`);
    namespace.ip(`link set ${TAP} up`);
    for (let i = 1; i <= ROUNDS; i++) {
      context.progress(`round ${i} of ${ROUNDS}`);
      ours.push(await inOurMonitor(context, flood));
      qemu.push(await inQemu(context, flood));
    }
  } finally {
    namespace.leave();
  }
  const rates = (runs: Runs, name: Name): number[] =>
    runs.map((measurements) => {
      const { operations, cycles } = measurements.get(name) ?? { operations: 0, cycles: 1 };
      return operations / ((cycles * nsPerTick) / 1e9);
    });
  const cpuUs = (runs: Runs, name: Name): number =>
    median(runs.map((m) => (m.get(name)?.cpuNs ?? 0) / (m.get(name)?.operations ?? 1) / 1000));
  const gbps = (runs: Runs, name: Name): number =>
    (median(rates(runs, name)) * MEASUREMENTS[name] * 8) / 1e9;
  const keys = {
    txGbps: round(gbps(ours, 'txLarge')),
    rxGbps: round(gbps(ours, 'rxLarge')),
    pps: round(median(rates(ours, 'txSmall'))),
    rxPps: round(median(rates(ours, 'rxSmall'))),
    qemuTxGbps: round(gbps(qemu, 'txLarge')),
    qemuRxGbps: round(gbps(qemu, 'rxLarge')),
    qemuPps: round(median(rates(qemu, 'txSmall'))),
    qemuRxPps: round(median(rates(qemu, 'rxSmall'))),
  };
  const figures = (who: string, runs: Runs, name: Name): string =>
    `${who} ${Math.round(median(rates(runs, name)))} packets/s, ${gbps(runs, name).toFixed(1)} Gb/s, ${cpuUs(runs, name).toFixed(2)} µs`;
  return {
    rows: NAMES.map((name) => ({
      what: `${name}, packets of ${MEASUREMENTS[name]} bytes`,
      value: `${figures('virtdeck', ours, name)}; ${figures('QEMU', qemu, name)}`,
    })),
    keys,
    runs: ROUNDS,
    spread: spread(rates(ours, 'txSmall')),
  };
}

function buildFlood({ cleanup }: BenchContext): string {
  const program = path.join(cleanup.directory(), 'flood');
  const source = path.join(import.meta.dirname, 'support/flood.c');
  const gcc = spawnSync('gcc', ['-O2', '-Wall', '-o', program, source], { encoding: 'utf8' });
  if (gcc.status !== 0) throw new BenchError(`gcc could not compile the flood: ${gcc.stderr}`);
  return program;
}

/** Frames come from the host while the guest is to receive. */
function flooding({ cleanup }: BenchContext, flood: string): PaceHooks {
  return {
    around: (index) => {
      const name = NAMES[index - 1];
      if (name === undefined || !name.startsWith('rx')) return async () => undefined;
      const child = cleanup.spawn(flood, [TAP, String(MEASUREMENTS[name])], { stdio: 'ignore' });
      return () => cleanup.end(child);
    },
  };
}

function inOurMonitor(context: BenchContext, flood: string): Promise<Runs[number]> {
  return pacedInOurMonitor(
    context,
    'net-bench',
    NAMES.length,
    MEMORY_MIB,
    {
      cmdline: CMDLINE,
      nics: [{ id: 'net', tap: TAP, mac: MAC, queuePairs: 1, offloads: true, linkUp: true }],
    },
    flooding(context, flood),
  );
}

function inQemu(context: BenchContext, flood: string): Promise<Runs[number]> {
  return pacedInQemu(
    context,
    NAMES.length,
    {
      payload: 'net-bench',
      machine: MICROVM_PCIE,
      memoryMiB: MEMORY_MIB,
      cmdline: CMDLINE,
      devices: [
        ...['-netdev', `tap,id=net,ifname=${TAP},script=no,downscript=no,vnet_hdr=on`],
        ...['-device', `virtio-net-pci,netdev=net,mac=${MAC},disable-legacy=on,romfile=`],
      ],
    },
    flooding(context, flood),
  );
}

export const net: Bench = {
  title: 'Network',
  method: [
    'A payload in user mode drives a virtio network device by polling; its tap is in a network namespace of its own, the offloads are on.',
    'Sent: frames to nobody, 128 in flight. Received: what a program of the host sends into the tap as fast as it can, on a core it has to share with the device.',
    "The same payload file runs in our monitor and in QEMU's microvm with a PCI Express bus, one after the other in each round. CPU time is that of every thread but the vCPU.",
  ],
  run,
};
