import type { Limit } from '../devices/rate-limiter';
import {
  ConfigError,
  flag,
  integer,
  object,
  onlyKeys,
  optional,
  printable,
  wrong,
} from './config-checks';
import { parseLimit } from './config-limit';

/** A network interface of a machine. */
export interface NetConfig {
  /** The caller's name for it, unique in the machine. */
  readonly id: string;
  /** A tap of the host, in the network namespace of the monitor. */
  readonly tap: string;
  /** Six pairs of hexadecimal digits, in lower case, with colons. */
  readonly mac: string;
  /** Told to the guest as the largest packet, in bytes without the Ethernet header. */
  readonly mtu?: number;
  readonly queuePairs: number;
  /** Checksums and segmentation are left to whoever needs them done. */
  readonly offloads: boolean;
  readonly linkUp: boolean;
  /** Of received and of sent frames. */
  readonly limits?: { readonly rx?: Limit; readonly tx?: Limit };
}

/** One thread moves the frames; more queues than this help no guest. */
export const MAX_QUEUE_PAIRS = 16;
/** A machine with less cannot speak IPv4; virtio 1.2, 5.1.4.1. */
const MIN_MTU = 68;
const MAX_MTU = 65_535;

/**
 * Checks one interface; `field` is its place in the configuration.
 * @throws ConfigError naming the first field that is wrong
 */
export function parseNetConfig(input: unknown, field: string): NetConfig {
  const net = object(input, field);
  const inside = (key: string): string => `${field}.${key}`;
  onlyKeys(net, field, ['id', 'tap', 'mac', 'mtu', 'queuePairs', 'offloads', 'linkUp', 'limits']);
  return {
    id: printable(net['id'], inside('id'), 64),
    tap: interfaceName(net['tap'], inside('tap')),
    mac: macAddress(net['mac'], inside('mac')),
    ...optional(net, 'mtu', (mtu, key) => integer(mtu, inside(key), MIN_MTU, MAX_MTU)),
    queuePairs: integer(net['queuePairs'] ?? 1, inside('queuePairs'), 1, MAX_QUEUE_PAIRS),
    offloads: flag(net['offloads'] ?? true, inside('offloads')),
    linkUp: flag(net['linkUp'] ?? true, inside('linkUp')),
    ...optional(net, 'limits', (limits, key) => bothLimits(limits, inside(key))),
  };
}

/** The bytes of an address that parseNetConfig has let pass. */
export function macBytes(mac: string): Uint8Array {
  return Uint8Array.from(mac.split(':'), (pair) => Number.parseInt(pair, 16));
}

/** What Linux takes for the name of an interface, less what a shell would take for something else. */
function interfaceName(value: unknown, field: string): string {
  const name = printable(value, field, 15);
  if (!/^[\w][\w.-]*$/.test(name)) {
    throw wrong(field, 'must be letters, digits, dots, dashes and underscores');
  }
  return name;
}

function macAddress(value: unknown, field: string): string {
  const mac = printable(value, field, 17).toLowerCase();
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) {
    throw wrong(field, 'must be six pairs of hexadecimal digits with colons between them');
  }
  const first = macBytes(mac)[0] ?? 0;
  if ((first & 1) !== 0 || mac === '00:00:00:00:00:00') {
    throw new ConfigError(
      field,
      `${mac} is no address of a single interface`,
      'Give one whose first byte is even, such as 02:00:00:00:00:01.',
    );
  }
  return mac;
}

function bothLimits(value: unknown, field: string): { readonly rx?: Limit; readonly tx?: Limit } {
  const limits = object(value, field);
  onlyKeys(limits, field, ['rx', 'tx']);
  return {
    ...optional(limits, 'rx', (limit, key) => parseLimit(limit, `${field}.${key}`)),
    ...optional(limits, 'tx', (limit, key) => parseLimit(limit, `${field}.${key}`)),
  };
}
