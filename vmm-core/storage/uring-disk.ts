import {
  IoUring,
  RING_DATA_ONLY,
  RING_FALLOCATE,
  RING_FSYNC,
  RING_READ,
  RING_READV,
  RING_WRITE,
  RING_WRITEV,
  type RingCompletions,
} from '../sys/io-uring';
import { watchReadable } from '../sys/poll';
import { type DiskEngine, type EngineClient, EngineOperation } from './disk-engine';

/** The kernel had no memory for a request; asked again so much later. */
const RETRY_MS = 1;

/** Operations of a disk as requests of an io_uring of its own. */
export class UringEngine implements DiskEngine, RingCompletions {
  readonly name = 'io_uring';
  readonly readsCacheAtOnce = true;
  private readonly ring: IoUring;
  private readonly stopWatching: () => void;
  private retry: NodeJS.Timeout | undefined;

  /**
   * @param slots each has one operation at a time, so the ring never overflows at either end
   * @throws SysError where there is no io_uring for us
   */
  constructor(
    fd: number,
    slots: number,
    private readonly client: EngineClient,
  ) {
    this.ring = new IoUring(slots, fd);
    this.stopWatching = watchReadable(this.ring.fd, () => client.ready());
  }

  queue(
    slot: number,
    operation: EngineOperation,
    address: number,
    length: number,
    offset: number,
  ): void {
    const { ring } = this;
    let isTaken: boolean;
    switch (operation) {
      case EngineOperation.read:
        isTaken = ring.prepare(RING_READ, address, length, offset, 0, slot);
        break;
      case EngineOperation.write:
        isTaken = ring.prepare(RING_WRITE, address, length, offset, 0, slot);
        break;
      case EngineOperation.readVector:
        isTaken = ring.prepare(RING_READV, address, length, offset, 0, slot);
        break;
      case EngineOperation.writeVector:
        isTaken = ring.prepare(RING_WRITEV, address, length, offset, 0, slot);
        break;
      case EngineOperation.sync:
        isTaken = ring.prepare(RING_FSYNC, 0, 0, 0, RING_DATA_ONLY, slot);
        break;
      case EngineOperation.fallocate:
        isTaken = ring.prepare(RING_FALLOCATE, address, length, offset, 0, slot);
        break;
    }
    if (!isTaken) throw new RangeError(`slot ${slot} is beyond those of the ring`);
  }

  kick(): void {
    const { ring } = this;
    do {
      if (ring.queued > 0 && !ring.submit()) {
        this.retry ??= setTimeout(this.tryAgain, RETRY_MS);
        ring.reap(this);
        return;
      }
      ring.reap(this);
    } while (ring.queued > 0);
  }

  private readonly tryAgain = (): void => {
    this.retry = undefined;
    this.client.ready();
  };

  completed(slot: number, result: number): void {
    this.client.performed(slot, result);
  }

  close(): void {
    clearTimeout(this.retry);
    this.stopWatching();
    this.ring.close();
  }
}
