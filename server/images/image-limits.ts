import type { StoredImageKind } from '../api/images';
import { MAX_DISK_BYTES } from '../api/limits';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** The largest file that is taken of each kind. A disk may be more once it is raw. */
export const MAX_FILE_BYTES: Readonly<Record<StoredImageKind, number>> = {
  kernel: 512 * MIB,
  initrd: 2 * GIB,
  disk: 1024 * GIB,
};

/** Of the disk a guest sees, whatever format it was brought in. */
export const MAX_VIRTUAL_BYTES = MAX_DISK_BYTES;
