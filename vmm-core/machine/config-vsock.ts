import { ConfigError, integer, object, onlyKeys, path, printable } from './config-checks';

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
/** struct sockaddr_un holds 108 bytes, a zero at the end among them; unix(7). */
const LONGEST_PATH = 107 - '_4294967295'.length;

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
    path: socketPath(vsock['path'], inside('path')),
  };
}

function socketPath(value: unknown, field: string): string {
  const name = path(value, field);
  const bytes = Buffer.byteLength(name);
  if (bytes > LONGEST_PATH) {
    throw new ConfigError(
      field,
      `is of ${bytes} bytes, more than a Unix socket and a port have room for`,
      `Give a path of at most ${LONGEST_PATH} bytes.`,
    );
  }
  return name;
}
