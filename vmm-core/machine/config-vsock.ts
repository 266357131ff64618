import { integer, object, onlyKeys, printable, socketPath } from './config-checks';

/** Sockets between a machine and its host. */
export interface VsockConfig {
  /** The caller's name for it, unique in the machine. */
  readonly id: string;
  /** The machine's address. */
  readonly cid: number;
  /**
   * A Unix socket that the monitor makes, by which the host gets to the guest. The guest gets to
   * the host's port 80 by the socket of this name with "_80" behind it.
   */
  readonly path: string;
}

/** Lower ones are reserved, the one above means any; virtio 1.2, 5.10.4. */
const MIN_CID = 3;
const MAX_CID = 0xffff_fffe;
/** What the longest port puts behind the path. */
const SUFFIX_BYTES = '_4294967295'.length;

/**
 * Checks a socket device; `field` is its place in the configuration.
 * @throws ConfigError naming the first field that is wrong
 */
export function parseVsockConfig(input: unknown, field: string): VsockConfig {
  const vsock = object(input, field);
  const inside = (key: string): string => `${field}.${key}`;
  onlyKeys(vsock, field, ['id', 'cid', 'path']);
  return {
    id: printable(vsock['id'], inside('id'), 64),
    cid: integer(vsock['cid'], inside('cid'), MIN_CID, MAX_CID),
    path: socketPath(vsock['path'], inside('path'), SUFFIX_BYTES),
  };
}
