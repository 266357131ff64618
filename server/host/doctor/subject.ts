import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KvmStatus } from '../../api/host';

/** The host that is examined. */
export interface Subject {
  readonly kvm: KvmStatus;
  readonly dataDirectory: string;
  /** A file of /proc or /sys; undefined where this kernel has none. */
  read(path: string): Promise<string | undefined>;
}

/** @param root where /proc and /sys are, for tests */
export function hostReader(root = '/'): Subject['read'] {
  return async (path) => {
    try {
      return (await readFile(join(root, path), 'latin1')).trim();
    } catch {
      return undefined;
    }
  };
}
