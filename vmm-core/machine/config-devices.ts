import { type BalloonConfig, parseBalloonConfig } from './config-balloon';
import { ConfigError, type Json, listOf, optional } from './config-checks';
import { type ConsoleConfig, parseConsoleConfig } from './config-console';
import { type DiskConfig, parseDiskConfig } from './config-disk';
import { type NetConfig, parseNetConfig } from './config-net';
import { parseRngConfig, type RngConfig } from './config-rng';
import { parseVsockConfig, type VsockConfig } from './config-vsock';

/** What a machine has on its PCI bus, in the order in which the guest finds it. */
export interface DevicesConfig {
  readonly disks?: readonly DiskConfig[];
  readonly nics?: readonly NetConfig[];
  readonly rng?: RngConfig;
  readonly balloon?: BalloonConfig;
  readonly vsock?: VsockConfig;
  readonly console?: ConsoleConfig;
}

export const DEVICE_KEYS = ['disks', 'nics', 'rng', 'balloon', 'vsock', 'console'] as const;
/** What a PCI bus has room for beside its bridge. */
const MAX_DEVICES = 31;

/**
 * @param memoryBytes the machine's memory
 * @throws ConfigError naming the first field that is wrong, or a name that two devices have
 */
export function parseDevices(config: Json, memoryBytes: number): DevicesConfig {
  const devices: DevicesConfig = {
    ...optional(config, 'disks', (value, field) =>
      listOf(value, field, MAX_DEVICES, parseDiskConfig),
    ),
    ...optional(config, 'nics', (value, field) =>
      listOf(value, field, MAX_DEVICES, parseNetConfig),
    ),
    ...optional(config, 'rng', parseRngConfig),
    ...optional(config, 'balloon', (value, field) => parseBalloonConfig(value, field, memoryBytes)),
    ...optional(config, 'vsock', parseVsockConfig),
    ...optional(config, 'console', parseConsoleConfig),
  };
  const names = deviceNames(devices);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ConfigError(twice, 'is the name of two devices', 'Give each device its own name.');
  }
  if (names.length > MAX_DEVICES) {
    throw new ConfigError(
      'config',
      `has ${names.length} devices; the PCI bus has room for ${MAX_DEVICES}`,
      'Leave some out.',
    );
  }
  return devices;
}

/** The names of all devices. */
export function deviceNames(devices: DevicesConfig): readonly string[] {
  const { disks = [], nics = [], rng, balloon, vsock, console } = devices;
  const single = [rng, balloon, vsock, console].filter((device) => device !== undefined);
  return [...disks, ...nics, ...single].map(({ id }) => id);
}
