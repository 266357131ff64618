import { HUGE_PAGE, PAGE_KINDS, type PageKind, SMALL_PAGE } from '../memory/page-kind';
import {
  ConfigError,
  flag,
  hasControl,
  integer,
  object,
  oneOf,
  onlyKeys,
  optional,
  path,
  printable,
  wrong,
} from './config-checks';

/**
 * What a machine is made of, as the monitor takes it. The monitor trusts nobody, the console
 * included, so the check lives here, beside the type, and needs no library: a monitor is started
 * for each machine and pays for every byte it loads.
 */

/** How the first instruction comes into guest memory. Paths are absolute and read once, at start. */
export interface BootConfig {
  /** An ELF kernel with a PVH entry note. */
  readonly kernel: string;
  readonly initrd?: string;
  readonly cmdline: string;
}

export interface MachineConfig {
  /** The caller's name for the machine; the monitor only hands it back. */
  readonly id: string;
  readonly vcpus: number;
  /** Bytes, a multiple of 4096. */
  readonly memoryBytes: number;
  /** Absent: `small`. */
  readonly memoryPages?: PageKind;
  readonly boot: BootConfig;
  /** Port 0xF4 ends the machine with a code the guest chooses. For test payloads. */
  readonly debugExit: boolean;
  /** What happens when the guest ends by itself; absent: `never`. */
  readonly restart?: RestartPolicy;
}

/** `always` also boots again after the guest has powered off; a reboot is none of its business. */
export const RESTART_POLICIES = ['never', 'on-crash', 'always'] as const;
export type RestartPolicy = (typeof RESTART_POLICIES)[number];

export const MAX_VCPUS = 64;
/** Less holds no kernel: the first MiB is the PC's, a payload is loaded above it. */
export const MIN_MEMORY_BYTES = 2 * 1024 * 1024;
/** Linux' own COMMAND_LINE_SIZE on x86, the terminating NUL included. */
export const MAX_CMDLINE_BYTES = 2048;

/**
 * Checks what came over the control socket.
 * @param hostMemoryBytes the memory this host has, the upper bound of a machine's
 * @throws ConfigError naming the first field that is wrong
 */
export function parseMachineConfig(input: unknown, hostMemoryBytes: number): MachineConfig {
  const config = object(input, 'config');
  onlyKeys(config, 'config', [
    'id',
    'vcpus',
    'memoryBytes',
    'boot',
    'debugExit',
    'restart',
    'memoryPages',
  ]);
  const boot = object(config['boot'], 'boot');
  onlyKeys(boot, 'boot', ['kernel', 'initrd', 'cmdline']);
  const initrd = boot['initrd'];
  const pages = optional(config, 'memoryPages', (value, field) => oneOf(value, field, PAGE_KINDS));
  return {
    id: printable(config['id'], 'id', 64),
    vcpus: integer(config['vcpus'], 'vcpus', 1, MAX_VCPUS),
    memoryBytes: memory(config['memoryBytes'], hostMemoryBytes, pages.memoryPages),
    ...pages,
    boot: {
      kernel: path(boot['kernel'], 'boot.kernel'),
      ...(initrd === undefined ? {} : { initrd: path(initrd, 'boot.initrd') }),
      cmdline: cmdline(boot['cmdline']),
    },
    debugExit: flag(config['debugExit'], 'debugExit'),
    ...optional(config, 'restart', (value, field) => oneOf(value, field, RESTART_POLICIES)),
  };
}

function memory(value: unknown, hostMemoryBytes: number, pages: PageKind = 'small'): number {
  const bytes = integer(value, 'memoryBytes', MIN_MEMORY_BYTES, Number.MAX_SAFE_INTEGER);
  const page = pages === 'hugetlb' ? HUGE_PAGE : SMALL_PAGE;
  if (bytes % page !== 0) {
    throw new ConfigError(
      'memoryBytes',
      `${bytes} is not a multiple of ${page}`,
      `Give whole pages of ${page / 1024} KiB.`,
    );
  }
  if (bytes > hostMemoryBytes) {
    throw new ConfigError(
      'memoryBytes',
      `${bytes} bytes is more than the ${hostMemoryBytes} this host has`,
      'Give the machine less memory.',
    );
  }
  return bytes;
}

function cmdline(value: unknown): string {
  const text = value ?? '';
  if (typeof text !== 'string') throw wrong('boot.cmdline', 'must be text');
  if (hasControl(text)) throw wrong('boot.cmdline', 'holds a control character');
  const bytes = Buffer.byteLength(text) + 1;
  if (bytes > MAX_CMDLINE_BYTES) {
    throw wrong('boot.cmdline', `takes ${bytes} bytes; at most ${MAX_CMDLINE_BYTES} fit`);
  }
  return text;
}
