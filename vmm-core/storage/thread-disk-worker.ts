import { EventFd } from '../sys/files';
import {
  errno,
  nativeFallocate,
  nativeFdatasync,
  nativePread,
  nativePreadv2,
  nativePwrite,
  nativePwritev2,
} from '../sys/libc';
import { EngineOperation } from './disk-engine';
import { ThreadMailbox } from './thread-mailbox';

/** What a disk's thread is started with. */
export interface DiskWorkerData {
  readonly kind: 'disk';
  readonly fd: number;
  readonly mailbox: SharedArrayBuffer;
  /** Signalled when there are results. */
  readonly eventFd: number;
}

export function isDiskWorkerData(data: unknown): data is DiskWorkerData {
  return typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'disk';
}

/** The life of a disk's thread: one blocking system call after the other until the disk closes. */
export function serveDisk(data: DiskWorkerData): void {
  const mailbox = new ThreadMailbox(data.mailbox);
  const event = EventFd.of(data.eventFd);
  while (mailbox.take()) {
    const result = perform(data.fd, mailbox);
    if (mailbox.report(mailbox.slot, result < 0 ? -errno() : result)) event.signal();
  }
}

function perform(fd: number, { operation, address, length, offset }: ThreadMailbox): number {
  switch (operation) {
    case EngineOperation.read:
      return nativePread(fd, address, length, offset);
    case EngineOperation.write:
      return nativePwrite(fd, address, length, offset);
    case EngineOperation.readVector:
      return nativePreadv2(fd, address, length, offset, 0);
    case EngineOperation.writeVector:
      return nativePwritev2(fd, address, length, offset, 0);
    case EngineOperation.sync:
      return nativeFdatasync(fd);
    case EngineOperation.fallocate:
      return nativeFallocate(fd, length, offset, address);
  }
}
