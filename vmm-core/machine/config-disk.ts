import type { Limit } from '../devices/rate-limiter';
import { flag, integer, object, oneOf, onlyKeys, optional, path, printable } from './config-checks';
import { parseLimit } from './config-limit';

export const DISK_CACHES = ['buffered', 'direct'] as const;
export const DISK_ENGINES = ['io_uring', 'thread'] as const;

/** A disk of a machine. */
export interface DiskConfig {
  /** The caller's name for it, unique in the machine; the guest sees it as the serial number. */
  readonly id: string;
  /** A raw image, sparse or not, or a block device. */
  readonly path: string;
  readonly readOnly: boolean;
  /** `direct` goes past the host's page cache. */
  readonly cache: (typeof DISK_CACHES)[number];
  /** Absent: io_uring, or a thread where the host has none for us. */
  readonly engine?: (typeof DISK_ENGINES)[number];
  readonly queues: number;
  readonly limit?: Limit;
}

/** One thread serves them all; more queues than this help no guest. */
const MAX_QUEUES = 16;
/** As much of the name as the guest is shown; virtio 1.2, 5.2.6. */
const ID_BYTES = 20;

/**
 * Checks one disk; `field` is its place in the configuration.
 * @throws ConfigError naming the first field that is wrong
 */
export function parseDiskConfig(input: unknown, field: string): DiskConfig {
  const disk = object(input, field);
  const inside = (key: string): string => `${field}.${key}`;
  onlyKeys(disk, field, ['id', 'path', 'readOnly', 'cache', 'engine', 'queues', 'limit']);
  return {
    id: printable(disk['id'], inside('id'), ID_BYTES),
    path: path(disk['path'], inside('path')),
    readOnly: flag(disk['readOnly'], inside('readOnly')),
    cache: oneOf(disk['cache'] ?? 'buffered', inside('cache'), DISK_CACHES),
    ...optional(disk, 'engine', (engine, key) => oneOf(engine, inside(key), DISK_ENGINES)),
    queues: integer(disk['queues'] ?? 1, inside('queues'), 1, MAX_QUEUES),
    ...optional(disk, 'limit', (limit, key) => parseLimit(limit, inside(key))),
  };
}
