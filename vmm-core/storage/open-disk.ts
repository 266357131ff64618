import { IoUring } from '../sys/io-uring';
import { SysError } from '../sys/sys-error';
import { AlignedIo } from './aligned-io';
import type { DiskEngine, EngineClient } from './disk-engine';
import { DiskFile, type DiskFileOptions } from './disk-file';
import type { DiskCallbacks, DiskIo } from './disk-io';
import { type DiskBounds, DiskQueue } from './disk-queue';
import { InlineIo } from './inline-io';
import { StorageError } from './storage-error';
import { ThreadEngine } from './thread-disk';
import { UringEngine } from './uring-disk';

/** The most requests a disk can have in flight; what the kernel takes in one io_uring. */
const MAX_REQUESTS = 32_768;

export interface DiskConfig extends DiskFileOptions {
  /** A raw image, sparse or not, or a block device. */
  readonly path: string;
  /** Tags go from 0 to one less than this. */
  readonly maxRequests: number;
  /** What a worker runs that calls serveDisk(); started where there is no io_uring. */
  readonly workerProgram: string;
  /** By default io_uring where the host lets us, and a thread where it does not. */
  readonly engine?: DiskEngine['name'];
}

/** A disk of a machine, open, locked and ready for requests. */
export class Disk {
  readonly io: DiskIo;
  /** What carries the requests out. */
  readonly engine: DiskEngine['name'];
  readonly readOnly: boolean;
  private closed: Promise<void> | undefined;

  /** @throws StorageError, SysError; the file stays open then */
  constructor(
    private readonly file: DiskFile,
    config: DiskConfig,
    callbacks: DiskCallbacks,
  ) {
    const { alignment } = file;
    const bounds: DiskBounds = {
      readOnly: config.readOnly,
      get sizeBytes() {
        return file.sizeBytes;
      },
      offsetAlignment: alignment?.offset ?? 1,
    };
    let engine: DiskEngine['name'] = 'thread';
    const create = (client: EngineClient): DiskEngine => {
      const made = createEngine(file.fd, config, client);
      engine = made.name;
      return made;
    };
    // With direct I/O there is no page cache to serve from.
    const inline =
      alignment === undefined ? new InlineIo(file.fd, file.writesGoToMemory) : undefined;
    const queue = (told: DiskCallbacks): DiskIo =>
      new DiskQueue(bounds, config.maxRequests, told, inline, create);
    this.io =
      alignment === undefined ? queue(callbacks) : new AlignedIo(alignment, callbacks, queue);
    this.engine = engine;
    this.readOnly = config.readOnly;
  }

  /** Whole sectors of 512 bytes. */
  get sizeBytes(): number {
    return this.file.sizeBytes;
  }

  /** What the guest should be told as the size of a logical block: 512, but on devices of others. */
  get blockSize(): number {
    return this.file.blockSize;
  }

  /** What I/O is fastest in multiples of: a block of the device or of the file system. */
  get physicalBlockSize(): number {
    return this.file.physicalBlockSize;
  }

  /** Discarded space goes back to the host. */
  get canDiscard(): boolean {
    return this.file.canDiscard;
  }

  /**
   * Takes the file's present size for the disk's.
   * @returns it, in bytes
   * @throws StorageError when the disk could not be used with it; the old size stands then
   */
  resize(): number {
    this.file.refreshSize();
    return this.file.sizeBytes;
  }

  /** Waits for what is in flight, then gives the file back; a second call waits for the first. */
  close(): Promise<void> {
    this.closed ??= this.closeOnce();
    return this.closed;
  }

  private async closeOnce(): Promise<void> {
    await this.io.drain();
    this.io.close();
    this.file.close();
  }
}

/**
 * Opens a disk for one machine.
 * @param onComplete told of each completion: tag, and bytes, 0 or -errno
 * @param onBatch told once after each batch of completions
 * @throws StorageError that says what is wrong and what can be done
 */
export function openDisk(
  config: DiskConfig,
  onComplete: DiskCallbacks['onComplete'],
  onBatch: DiskCallbacks['onBatch'],
): Disk {
  const { maxRequests } = config;
  if (!Number.isInteger(maxRequests) || maxRequests < 1 || maxRequests > MAX_REQUESTS) {
    throw new RangeError(`a disk has 1 to ${MAX_REQUESTS} requests, not ${maxRequests}`);
  }
  const file = DiskFile.open(config.path, config);
  try {
    return new Disk(file, config, { onComplete, onBatch });
  } catch (error) {
    file.close();
    throw error;
  }
}

function createEngine(fd: number, config: DiskConfig, client: EngineClient): DiskEngine {
  const { maxRequests, workerProgram, engine } = config;
  if (engine !== 'thread' && IoUring.isAvailable()) {
    try {
      return new UringEngine(fd, maxRequests, client);
    } catch (error) {
      // Old kernels count rings as locked memory, which may be used up.
      if (engine === 'io_uring' || !(error instanceof SysError)) throw error;
    }
  }
  if (engine === 'io_uring') {
    throw new StorageError(
      'this host has no io_uring for us',
      'Let the disk choose its engine, or see /proc/sys/kernel/io_uring_disabled.',
    );
  }
  return new ThreadEngine(fd, maxRequests, workerProgram, client);
}
