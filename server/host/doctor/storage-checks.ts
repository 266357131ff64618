import { constants } from 'node:fs';
import { copyFile, mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Subject } from './subject';
import type { Verdict } from './verdict';

const GIB = 1024 ** 3;
const FEW_BYTES = 2 * GIB;
const SMALL_SHARE = 0.05;
/** <linux/magic.h> */
const TMPFS_MAGIC = 0x01021994;
const SAMPLE_BYTES = 4096;

export async function checkStorage({ dataDirectory }: Subject): Promise<Verdict> {
  const { bavail, blocks, bsize, type } = await statfs(dataDirectory);
  const free = bavail * bsize;
  const detail = `${(free / GIB).toFixed(1)} GiB are free for images, disks and the database.`;
  if (type === TMPFS_MAGIC) {
    return {
      level: 'warning',
      detail: 'The data directory is in memory: all is gone when the host restarts.',
      hint: 'Set VIRTDECK_DATA to a directory on a disk.',
    };
  }
  if (free < FEW_BYTES || bavail / blocks < SMALL_SHARE) {
    return {
      level: 'warning',
      detail: `The disk is nearly full: ${detail}`,
      hint: 'Delete images, disks or recordings that nobody needs, or move the data directory to a larger disk.',
    };
  }
  return { level: 'ok', detail, hint: null };
}

/** By trying it: which file systems can, changes with their versions and options (ioctl_ficlone(2)). */
export async function checkReflink({ dataDirectory }: Subject): Promise<Verdict> {
  // Always the same, so that a console that dies here leaves one and not one each time.
  const directory = join(dataDirectory, '.doctor');
  await mkdir(directory, { recursive: true });
  try {
    const source = join(directory, 'a');
    await writeFile(source, Buffer.alloc(SAMPLE_BYTES, 1));
    await copyFile(source, join(directory, 'b'), constants.COPYFILE_FICLONE_FORCE);
    return { level: 'ok', detail: 'Copies of disks share what they have in common.', hint: null };
  } catch {
    return {
      level: 'note',
      detail:
        'This file system cannot share blocks: each copy of a disk takes its time and its room.',
      hint: 'Keep the data directory on XFS or Btrfs.',
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Documentation/admin-guide/sysctl/kernel.rst, io_uring_disabled */
export async function checkIoUring({ read }: Subject): Promise<Verdict> {
  const disabled = await read('proc/sys/kernel/io_uring_disabled');
  if (disabled === undefined || disabled === '0') {
    return { level: 'ok', detail: 'Disks are read and written by io_uring.', hint: null };
  }
  return {
    level: 'note',
    detail:
      'The kernel does not let everybody use io_uring; disks are read and written by threads, which costs more.',
    hint: 'Set kernel.io_uring_disabled=0 with sysctl.',
  };
}
