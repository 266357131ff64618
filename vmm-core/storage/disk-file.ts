import fs from 'node:fs';
import { close } from '../sys/files';
import { errno, nativeFallocate, nativeOpen } from '../sys/libc';
import { SysError } from '../sys/sys-error';
import { blockDeviceFacts, canZeroBlocks } from './block-device';
import { type DirectAlignment, findDirectAlignment } from './direct-alignment';
import { FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE } from './disk-engine';
import { lockFile, unlockFile } from './file-lock';
import { StorageError } from './storage-error';

/** What a disk's sizes are counted in, whatever its blocks are; virtio 1.2, 5.2.4. */
export const SECTOR_BYTES = 512;

const O_RDWR = 2;
const O_DIRECT = 0o40000;
const O_CLOEXEC = 0o2000000;

/** File systems of this host's own memory and devices that take a write into the page cache. */
const EXT4_MAGIC = 0xef53;
const TMPFS_MAGIC = 0x0102_1994;

export interface DiskFileOptions {
  readonly readOnly: boolean;
  /** `direct` goes past the host's page cache. */
  readonly cache: 'buffered' | 'direct';
}

/** A raw disk image or a block device, open and locked. */
export class DiskFile {
  /** Bytes the guest can reach: whole sectors. */
  sizeBytes = 0;
  /** What offsets and lengths are a multiple of for the device behind; a file takes any. */
  readonly blockSize: number;
  /** What I/O is fastest in multiples of. */
  readonly physicalBlockSize: number;
  /** Space that is discarded goes back to the host. */
  readonly canDiscard: boolean;
  /** What direct I/O has to be aligned to. */
  readonly alignment: DirectAlignment | undefined;
  /** A buffered write waits for nothing but memory, as long as the device keeps up. */
  readonly writesGoToMemory: boolean;
  private readonly isBlockDevice: boolean;

  /** @throws StorageError */
  static open(path: string, options: DiskFileOptions): DiskFile {
    const kind = statFor(path);
    const isBlockDevice = kind.isBlockDevice();
    if (!kind.isFile() && !isBlockDevice) {
      throw new StorageError(
        `${path} is neither a file nor a block device`,
        'Give the path of a disk image or of a block device.',
      );
    }
    const mode = options.readOnly ? 0 : O_RDWR;
    const direct = options.cache === 'direct' ? O_DIRECT : 0;
    const fd = nativeOpen(path, mode | direct | O_CLOEXEC, 0);
    if (fd < 0) throw openError(path, new SysError('open', errno()), direct !== 0);
    try {
      lockFile(fd, path, options.readOnly);
      return new DiskFile(fd, path, options, isBlockDevice);
    } catch (error) {
      close(fd);
      throw error;
    }
  }

  private constructor(
    readonly fd: number,
    readonly path: string,
    options: DiskFileOptions,
    isBlockDevice: boolean,
  ) {
    this.isBlockDevice = isBlockDevice;
    const stat = fs.fstatSync(fd);
    if (isBlockDevice) {
      const facts = blockDeviceFacts(fd);
      this.blockSize = facts.logicalBlockSize;
      this.physicalBlockSize = facts.physicalBlockSize;
      this.canDiscard = !options.readOnly && canZeroBlocks(stat.rdev);
      this.writesGoToMemory = false;
    } else {
      const { type } = fs.statfsSync(path);
      this.blockSize = SECTOR_BYTES;
      this.physicalBlockSize = stat.blksize;
      this.canDiscard = !options.readOnly && canPunchHoles(fd, stat.size, stat.blksize);
      this.writesGoToMemory = type === EXT4_MAGIC || type === TMPFS_MAGIC;
    }
    this.alignment =
      options.cache === 'direct' ? findDirectAlignment(fd, path, this.blockSize) : undefined;
    this.refreshSize();
  }

  /**
   * Asks for the size again; a file may have grown.
   * @throws StorageError when it holds no sector, or ends where direct I/O cannot reach
   */
  refreshSize(): void {
    const bytes = this.isBlockDevice
      ? blockDeviceFacts(this.fd).sizeBytes
      : fs.fstatSync(this.fd).size;
    const sizeBytes = bytes - (bytes % SECTOR_BYTES);
    if (sizeBytes === 0) {
      throw new StorageError(
        `${this.path} holds ${bytes} bytes, which is less than a sector of ${SECTOR_BYTES}`,
        'Give it the size the disk shall have: truncate -s 10G FILE.',
      );
    }
    const unit = this.alignment?.offset ?? SECTOR_BYTES;
    if (sizeBytes % unit !== 0) {
      throw new StorageError(
        `${this.path} ends within a block of ${unit} bytes, which direct I/O cannot write alone`,
        `Make its size a multiple of ${unit} bytes, or let the host cache it.`,
      );
    }
    this.sizeBytes = sizeBytes;
  }

  /** Nothing may be in flight. */
  close(): void {
    // An io_uring may hold the file for a moment longer, and with it the lock.
    unlockFile(this.fd);
    close(this.fd);
  }
}

function statFor(path: string): fs.Stats {
  try {
    return fs.statSync(path);
  } catch (error) {
    throw openError(path, error as NodeJS.ErrnoException, false);
  }
}

function openError(
  path: string,
  error: { code?: string | undefined },
  isDirect: boolean,
): StorageError {
  const { code = 'an unknown error' } = error;
  if (code === 'ENOENT') {
    return new StorageError(`there is no disk at ${path}`, 'Check the path, or make the disk.');
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StorageError(
      `${path} may not be opened (${code})`,
      'Give the user of the monitor access, or attach the disk read-only.',
    );
  }
  if (code === 'EINVAL' && isDirect) {
    return new StorageError(
      `the file system of ${path} has no direct I/O`,
      'Let the host cache this disk.',
    );
  }
  if (code === 'EBUSY') {
    return new StorageError(
      `${path} is in use by the host`,
      'Unmount it, or choose another device.',
    );
  }
  return new StorageError(`${path} cannot be opened: ${code}`, 'Check the disk on the host.');
}

/** Tried behind the end of the file, where it changes nothing. */
function canPunchHoles(fd: number, size: number, blockSize: number): boolean {
  const end = Math.ceil(size / blockSize) * blockSize;
  return nativeFallocate(fd, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, end, blockSize) === 0;
}
