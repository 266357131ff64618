import type { ChildProcess } from 'node:child_process';
import type { MachineConfig } from '../../../vmm-core/machine/config';
import type { BenchContext } from './bench';
import { BenchError } from './bench';
import { payloadConfig, startMonitor } from './monitor';
import { type QemuOptions, spawnQemu } from './qemu';
import { cpuTimeNs } from './thread-time';
import { within } from './wait';

/** One measurement of a payload that waits for a byte before each. */
export interface Measurement {
  readonly operations: number;
  /** Of the guest's time-stamp counter. */
  readonly cycles: number;
  /** CPU time of everything but the vCPU, meanwhile. */
  readonly cpuNs: number;
}

/** A machine whose payload prints `ready`, and for each byte a line "name operations cycles". */
interface PacedMachine {
  readonly go: () => Promise<void>;
  /** CPU time of everything but the vCPU. */
  readonly cpuNs: () => number;
}

/** What the host does around a measurement, counted from 1. */
export interface PaceHooks {
  /** @returns ends what was begun */
  around?(index: number): () => Promise<void>;
}

const LINE_MS = 120_000;

/** Collects the lines a payload prints. */
class Lines {
  private text = '';
  private wake: () => void = () => undefined;

  add(text: string): void {
    this.text += text;
    this.wake();
  }

  /** The line of that index, once it is whole. */
  async line(index: number): Promise<string> {
    for (;;) {
      const lines = this.text.split('\n');
      if (lines.length > index + 1) return (lines[index] ?? '').trim();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

async function pace(
  machine: PacedMachine,
  lines: Lines,
  count: number,
  hooks: PaceHooks,
): Promise<ReadonlyMap<string, Measurement>> {
  const found = new Map<string, Measurement>();
  await within(LINE_MS, 'the payload', lines.line(0));
  for (let index = 1; index <= count; index++) {
    const before = machine.cpuNs();
    const end = hooks.around?.(index);
    await machine.go();
    const line = await within(LINE_MS, `measurement ${index}`, lines.line(index));
    const cpuNs = machine.cpuNs() - before;
    await end?.();
    const [name, operations, cycles] = line.split(' ');
    if (name === undefined || !(Number(cycles) > 0)) throw new BenchError(`the payload: ${line}`);
    found.set(name, { operations: Number(operations), cycles: Number(cycles), cpuNs });
  }
  return found;
}

/** Runs a paced payload in our monitor. @param count measurements it makes */
export async function pacedInOurMonitor(
  { cleanup }: BenchContext,
  payload: string,
  count: number,
  memoryMiB: number,
  config: Partial<MachineConfig> & { readonly cmdline: string },
  hooks: PaceHooks = {},
): Promise<ReadonlyMap<string, Measurement>> {
  const { cmdline, ...rest } = config;
  const monitor = await startMonitor(cleanup);
  try {
    const base = payloadConfig(payload, memoryMiB);
    await monitor.client.configure({ ...base, ...rest, boot: { ...base.boot, cmdline } });
    await monitor.client.act('start');
    const lines = new Lines();
    const type = await monitor.client.attach(0, (bytes) => lines.add(bytes.toString('latin1')));
    return await pace(
      {
        go: async () => type(Buffer.from('g')),
        cpuNs: () => cpuTimeNs(monitor.pid, (name) => name !== 'vcpu0'),
      },
      lines,
      count,
      hooks,
    );
  } finally {
    await monitor.end();
  }
}

/** The same payload in QEMU. */
export async function pacedInQemu(
  { cleanup }: BenchContext,
  count: number,
  options: QemuOptions,
  hooks: PaceHooks = {},
): Promise<ReadonlyMap<string, Measurement>> {
  const child: ChildProcess = spawnQemu(cleanup, { ...options, interactive: true });
  const lines = new Lines();
  child.stdout?.on('data', (chunk: Buffer) => lines.add(chunk.toString('latin1')));
  child.stdin?.on('error', () => undefined);
  const pid = child.pid ?? 0;
  try {
    return await pace(
      {
        go: async () => void child.stdin?.write('g'),
        cpuNs: () => cpuTimeNs(pid, (name) => !name.includes('KVM')),
      },
      lines,
      count,
      hooks,
    );
  } finally {
    await cleanup.end(child);
  }
}
