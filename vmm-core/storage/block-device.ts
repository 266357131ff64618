import fs from 'node:fs';
import { nativeIoctl } from '../sys/libc';
import { NativeBuffer } from '../sys/native-buffer';
import { checked } from '../sys/sys-error';

// <linux/fs.h>
const BLKSSZGET = 0x1268;
const BLKPBSZGET = 0x127b;
const BLKGETSIZE64 = 0x8008_1272;

export interface BlockDeviceFacts {
  readonly sizeBytes: number;
  readonly logicalBlockSize: number;
  readonly physicalBlockSize: number;
}

/** What a block device says of itself. @throws SysError */
export function blockDeviceFacts(fd: number): BlockDeviceFacts {
  const answer = new NativeBuffer(8);
  checked('BLKGETSIZE64', nativeIoctl(fd, BLKGETSIZE64, answer.address));
  const sizeBytes = Number(answer.u64[0]);
  checked('BLKSSZGET', nativeIoctl(fd, BLKSSZGET, answer.address));
  const logicalBlockSize = answer.view.getUint32(0, true);
  checked('BLKPBSZGET', nativeIoctl(fd, BLKPBSZGET, answer.address));
  return { sizeBytes, logicalBlockSize, physicalBlockSize: answer.view.getUint32(0, true) };
}

/**
 * Whether the device itself can zero a range, which is what punching a hole into it does; trying it
 * would change what is on it.
 * @param rdev of stat(2)
 */
export function canZeroBlocks(rdev: number): boolean {
  const device = `/sys/dev/block/${major(rdev)}:${minor(rdev)}`;
  // A partition has no queue of its own.
  return ['queue', '../queue'].some((queue) => {
    try {
      const limit = fs.readFileSync(`${device}/${queue}/write_zeroes_max_bytes`, 'utf8');
      return Number(limit) > 0;
    } catch {
      return false;
    }
  });
}

// makedev(3): twelve bits of major between eight and twelve bits of minor.
function major(rdev: number): number {
  return Math.floor(rdev / 2 ** 8) & 0xfff;
}
function minor(rdev: number): number {
  return (rdev & 0xff) | (Math.floor(rdev / 2 ** 12) & 0xfff00);
}
