/** Figures of the schemas; apart from them, so that who needs a figure need not load them. */

export const MiB = 1024 ** 2;
export const GiB = 1024 ** 3;

/** Of a machine that is made without a word about it. */
export const DEFAULT_MEMORY_BYTES = 128 * MiB;

/** What virtio counts a disk's size in. */
export const SECTOR_BYTES = 512;
/** Well below what ext4 and XFS take for a file. */
export const MAX_DISK_BYTES = 8192 * GiB;
/** Of one machine: each takes a PCI device. */
export const MAX_MACHINE_DISKS = 16;
