import { HUGE_PAGE, PAGE_KINDS, type PageKind, SMALL_PAGE } from '../memory/page-kind';
import { hostCpus } from '../sys/host-cpus';
import { type BootConfig, parseBootConfig } from './config-boot';
import {
  ConfigError,
  flag,
  integer,
  object,
  oneOf,
  onlyKeys,
  optional,
  printable,
} from './config-checks';
import {
  type CpuConfig,
  parseCpuConfig,
  parseScheduling,
  type SchedulingConfig,
} from './config-cpu';
import { DEVICE_KEYS, type DevicesConfig, parseDevices } from './config-devices';

/**
 * What a machine is made of, as the monitor takes it. The monitor trusts nobody, the console
 * included, so the check lives here, beside the type, and needs no library: a monitor is started
 * for each machine and pays for every byte it loads.
 */

export interface MachineConfig extends DevicesConfig {
  /** The caller's name for the machine; the monitor only hands it back. */
  readonly id: string;
  readonly vcpus: number;
  /** Absent: the template `host`. */
  readonly cpu?: CpuConfig;
  readonly scheduling?: SchedulingConfig;
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
    'cpu',
    'scheduling',
    'memoryBytes',
    'memoryPages',
    'boot',
    'debugExit',
    'restart',
    ...DEVICE_KEYS,
  ]);
  const pages = optional(config, 'memoryPages', (value, field) => oneOf(value, field, PAGE_KINDS));
  const id = printable(config['id'], 'id', 64);
  const vcpus = integer(config['vcpus'], 'vcpus', 1, MAX_VCPUS);
  const memoryBytes = memory(config['memoryBytes'], hostMemoryBytes, pages.memoryPages);
  return {
    id,
    vcpus,
    ...optional(config, 'cpu', (value, field) => parseCpuConfig(value, field, memoryBytes)),
    ...optional(config, 'scheduling', (value, field) =>
      parseScheduling(value, field, vcpus, hostCpus()),
    ),
    memoryBytes,
    ...pages,
    ...parseDevices(config, memoryBytes),
    boot: parseBootConfig(config['boot']),
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
