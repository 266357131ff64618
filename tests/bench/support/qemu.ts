import type { ChildProcess } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { guest } from '../../guests/assemble';
import type { Cleanup } from './cleanup';
import { ensureProgram } from './packages';

const PROGRAM = 'qemu-system-x86_64';

/** QEMU's microvm as its users type it, with the interrupt controllers and timer of our machine. */
export const MICROVM = 'microvm';
/** As fast as microvm gets: the small firmware, and nothing a payload can do without. */
export const LEAN_MICROVM =
  'microvm,acpi=off,x-option-roms=off,pit=off,pic=off,rtc=off,isa-serial=on';

export function ensureQemu(): void {
  ensureProgram(PROGRAM, ['qemu-system-x86']);
}

export function qemuVersion(): string {
  const first = spawnSync(PROGRAM, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0];
  return first ?? 'QEMU, version unknown';
}

export interface QemuOptions {
  readonly payload: string;
  readonly machine: string;
  readonly memoryMiB: number;
  /** Guest memory in a memfd of its own, so that it can be told from QEMU's. */
  readonly memfd?: boolean;
  readonly cmdline?: string;
  /** Further arguments: devices. */
  readonly devices?: readonly string[];
  /** The payload hears what is written to the process. */
  readonly interactive?: boolean;
}

/** microvm with a PCI Express bus, for devices on it. */
export const MICROVM_PCIE = 'microvm,pcie=on';

/** The payload's console is stdout; debug-exit ends the process. */
export function spawnQemu(cleanup: Cleanup, options: QemuOptions): ChildProcess {
  const memory = options.memfd
    ? [
        '-object',
        `memory-backend-memfd,id=ram,size=${options.memoryMiB}M,share=on`,
        '-machine',
        'memory-backend=ram',
      ]
    : [];
  return cleanup.spawn(
    PROGRAM,
    [
      ...['-nodefaults', '-no-user-config', '-nographic'],
      ...['-M', options.machine, '-accel', 'kvm', '-cpu', 'host', '-smp', '1'],
      ...['-m', String(options.memoryMiB), ...memory],
      ...['-serial', 'stdio', '-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
      ...['-kernel', guest(options.payload), '-append', options.cmdline ?? ''],
      ...(options.devices ?? []),
    ],
    // No input but ours, so that it does not put our terminal into raw mode.
    { stdio: [options.interactive === true ? 'pipe' : 'ignore', 'pipe', 'inherit'] },
  );
}
