import { DiskRequestKind } from '../../storage/disk-io';
import type { Disk } from '../../storage/open-disk';
import { type Limit, RateLimiter } from '../rate-limiter';
import { AdaptivePoll } from './adaptive-poll';
import {
  blockConfig,
  MAX_RANGE_SECTORS,
  SECTOR_BYTES,
  setCapacity,
  VIRTIO_BLK_F_BLK_SIZE,
  VIRTIO_BLK_F_DISCARD,
  VIRTIO_BLK_F_FLUSH,
  VIRTIO_BLK_F_MQ,
  VIRTIO_BLK_F_RO,
  VIRTIO_BLK_F_SEG_MAX,
  VIRTIO_BLK_F_TOPOLOGY,
  VIRTIO_BLK_F_WRITE_ZEROES,
} from './block-config';
import { BlockRequest, REQUEST, STATUS_IOERR, STATUS_OK, STATUS_UNSUPP } from './block-request';
import type { Activation, DeviceEvents, VirtioDevice } from './virtio-device';
import type { Virtqueue } from './virtqueue';

/** Block device; virtio 1.2, 5.2. */
const DEVICE_ID = 2;
const QUEUE_SIZE = 256;
/** Header and status may take a buffer each. */
const MAX_SEGMENTS = QUEUE_SIZE - 2;
/** Requests in flight, all queues together. */
export const MAX_REQUESTS = 256;
/** Requests begun in one turn of the event loop, so that a guest that never stops stops nobody. */
const TURN = 512;
const ID_BYTES = 20;
const RANGE_BYTES = 16;
const FLAG_UNMAP = 1;

/** What the device needs of a disk; the storage back end has it all. */
export type BlockBackend = Pick<
  Disk,
  | 'io'
  | 'sizeBytes'
  | 'readOnly'
  | 'blockSize'
  | 'physicalBlockSize'
  | 'canDiscard'
  | 'resize'
  | 'close'
>;

export interface BlockOptions {
  readonly name: string;
  /** Shown to the guest as the serial number; 20 bytes of it. */
  readonly serial: string;
  readonly queues: number;
  readonly limit?: Limit;
}

/** A disk as the guest has it: requests go from its rings to the file with no copy on the way. */
export class VirtioBlock implements VirtioDevice {
  readonly type = DEVICE_ID;
  readonly name: string;
  readonly features: bigint;
  readonly queueSizes: readonly number[];
  readonly config: Uint8Array;
  private readonly disk: BlockBackend;
  private readonly id = new Uint8Array(ID_BYTES);
  private readonly limiter: RateLimiter | undefined;
  private events: DeviceEvents | undefined;
  private activation: Activation | undefined;
  /** Every request there is, by tag, and those that wait for work. Made as they are needed. */
  private requests: BlockRequest[] = [];
  private idle: BlockRequest[] = [];
  /** Queues with chains that were not taken for want of a request, of a turn or of tokens. */
  private readonly isWaiting: boolean[];
  private readonly poll = new AdaptivePoll();
  private turn: NodeJS.Immediate | undefined;
  private pause: NodeJS.Timeout | undefined;
  private readonly totals = {
    reads: 0,
    writes: 0,
    flushes: 0,
    discards: 0,
    readBytes: 0,
    writtenBytes: 0,
    errors: 0,
    lastErrno: 0,
    throttled: 0,
  };

  /** @param open opens the disk; what it completes comes here */
  constructor(
    options: BlockOptions,
    open: (
      maxRequests: number,
      onComplete: (tag: number, result: number) => void,
      onBatch: () => void,
    ) => BlockBackend,
  ) {
    this.disk = open(
      MAX_REQUESTS,
      (tag, result) => this.onComplete(tag, result),
      () => this.onBatch(),
    );
    const { disk } = this;
    this.name = options.name;
    this.features =
      VIRTIO_BLK_F_SEG_MAX |
      VIRTIO_BLK_F_BLK_SIZE |
      VIRTIO_BLK_F_TOPOLOGY |
      VIRTIO_BLK_F_FLUSH |
      (options.queues > 1 ? VIRTIO_BLK_F_MQ : 0n) |
      (disk.readOnly ? VIRTIO_BLK_F_RO : VIRTIO_BLK_F_WRITE_ZEROES) |
      (disk.canDiscard && !disk.readOnly ? VIRTIO_BLK_F_DISCARD : 0n);
    this.queueSizes = Array.from({ length: options.queues }, () => QUEUE_SIZE);
    this.isWaiting = this.queueSizes.map(() => false);
    this.config = blockConfig({
      ...sizesOf(disk),
      queues: options.queues,
      maxSegments: MAX_SEGMENTS,
    });
    Buffer.from(options.serial).copy(this.id, 0, 0, ID_BYTES);
    this.limiter = options.limit && new RateLimiter(options.limit);
  }

  attach(events: DeviceEvents): void {
    this.events = events;
  }

  activate(activation: Activation): void {
    this.activation = activation;
    this.requests = [];
    this.idle = [];
  }

  notify(queue: number): void {
    this.poll.woken();
    this.isWaiting[queue] = true;
    this.pump();
  }

  /** The file has another size now. @throws StorageError; the old size stands then */
  resized(): void {
    setCapacity(this.config, this.disk.resize());
    this.events?.configChanged();
  }

  /** Takes what the queues have, as far as turn, tokens and requests go. */
  private pump(): void {
    for (let budget = TURN; budget > 0 && this.activation !== undefined; ) {
      const index = this.isWaiting.indexOf(true);
      if (index < 0) return;
      const queue = this.activation.queues[index];
      if (queue === undefined) {
        this.isWaiting[index] = false;
        continue;
      }
      queue.suppressNotifications();
      const taken = this.take(queue, index, budget);
      budget -= Math.max(taken, 1);
      this.disk.io.kick();
      // What was answered without the disk.
      queue.publish();
      if (this.isStuck()) return;
      if (this.isIdle() && this.poll.lookFor(() => queue.hasAvailable())) continue;
      if (queue.enableNotifications()) this.isWaiting[index] = false;
      this.poll.sleep();
    }
    if (this.activation !== undefined) this.turn ??= setImmediate(() => this.onTurn());
  }

  private onTurn(): void {
    this.turn = undefined;
    this.pump();
  }

  /** No request is free, or no token: a completion or a timer goes on. */
  private isStuck(): boolean {
    return (
      this.pause !== undefined || (this.idle.length === 0 && this.requests.length === MAX_REQUESTS)
    );
  }

  /** Nothing is in flight: the next event is the driver's. */
  private isIdle(): boolean {
    return this.idle.length === this.requests.length;
  }

  /** Begins up to `most` requests of a queue. @returns how many */
  private take(queue: Virtqueue, index: number, most: number): number {
    let taken = 0;
    while (taken < most && !this.mustPause()) {
      const request = this.freeRequest();
      if (request === undefined) break;
      if (!queue.pop(request.chain)) {
        this.idle.push(request);
        break;
      }
      request.queue = index;
      taken += 1;
      this.begin(request, queue);
    }
    return taken;
  }

  private freeRequest(): BlockRequest | undefined {
    const idle = this.idle.pop();
    if (idle !== undefined || this.requests.length === MAX_REQUESTS) return idle;
    const { memory } = this.activation as Activation;
    const request = new BlockRequest(this.requests.length, memory, QUEUE_SIZE);
    this.requests.push(request);
    return request;
  }

  /** Waits for tokens, if there are none. */
  private mustPause(): boolean {
    const wait = this.limiter?.wait() ?? 0;
    if (wait === 0) return false;
    if (this.pause === undefined) {
      this.totals.throttled += 1;
      this.pause = setTimeout(() => {
        this.pause = undefined;
        this.pump();
      }, wait);
      this.pause.unref();
    }
    return true;
  }

  private begin(request: BlockRequest, queue: Virtqueue): void {
    if (!request.parse()) {
      queue.fail('a block request without room for header and status');
      this.idle.push(request);
      return;
    }
    this.limiter?.take(request.length);
    const { io } = this.disk;
    switch (request.type) {
      case REQUEST.in:
      case REQUEST.out: {
        if (!this.isDataAllowed(request)) {
          this.finish(request, STATUS_IOERR);
          return;
        }
        if (request.length === 0) {
          this.finish(request, STATUS_OK);
          return;
        }
        const kind = request.type === REQUEST.in ? DiskRequestKind.read : DiskRequestKind.write;
        const count = request.prepareIovecs();
        const offset = request.sector * SECTOR_BYTES;
        io.submit(kind, request.tag, request.iovecs.address, count, offset, request.length);
        return;
      }
      case REQUEST.flush:
        io.submit(DiskRequestKind.flush, request.tag, 0, 0, 0, 0);
        return;
      case REQUEST.getId:
        request.chain.write(0, this.id.subarray(0, request.length));
        this.finish(request, STATUS_OK);
        return;
      case REQUEST.discard:
      case REQUEST.writeZeroes:
        this.beginRange(request);
        return;
      default:
        this.finish(request, STATUS_UNSUPP);
    }
  }

  private isDataAllowed(request: BlockRequest): boolean {
    if (request.length % SECTOR_BYTES !== 0) return false;
    if (request.type === REQUEST.out && this.disk.readOnly) return false;
    return request.sector * SECTOR_BYTES + request.length <= this.disk.sizeBytes;
  }

  private beginRange(request: BlockRequest): void {
    const isDiscard = request.type === REQUEST.discard;
    const feature = isDiscard ? VIRTIO_BLK_F_DISCARD : VIRTIO_BLK_F_WRITE_ZEROES;
    if ((this.features & feature) === 0n) {
      this.finish(request, STATUS_UNSUPP);
      return;
    }
    if (request.length !== RANGE_BYTES) {
      this.finish(request, STATUS_IOERR);
      return;
    }
    const { sector, sectors, flags } = request.readRange();
    // Unmapping is a wish that belongs to write zeroes only; 5.2.6.2.
    if ((flags & ~(isDiscard ? 0 : FLAG_UNMAP)) !== 0) {
      this.finish(request, STATUS_UNSUPP);
      return;
    }
    const isInside = (sector + sectors) * SECTOR_BYTES <= this.disk.sizeBytes;
    if (!isInside || sectors > MAX_RANGE_SECTORS) {
      this.finish(request, STATUS_IOERR);
      return;
    }
    const kind = isDiscard ? DiskRequestKind.discard : DiskRequestKind.writeZeroes;
    const bytes = sectors * SECTOR_BYTES;
    if (bytes === 0) this.finish(request, STATUS_OK);
    else this.disk.io.submit(kind, request.tag, 0, 0, sector * SECTOR_BYTES, bytes);
  }

  private onComplete(tag: number, result: number): void {
    const request = this.requests[tag] as BlockRequest;
    if (result < 0) {
      this.totals.lastErrno = -result;
      this.finish(request, STATUS_IOERR);
    } else {
      this.finish(request, STATUS_OK);
    }
  }

  /** Gives a request back. After a reset it has nobody to go back to, and its memory is not ours. */
  private finish(request: BlockRequest, status: number): void {
    this.idle.push(request);
    const queue = this.activation?.queues[request.queue];
    if (queue === undefined) return;
    this.count(request, status);
    request.setStatus(status);
    queue.push(request.chain.head, writtenBytes(request, status));
  }

  private count({ type, length }: BlockRequest, status: number): void {
    const { totals } = this;
    if (status === STATUS_IOERR) totals.errors += 1;
    if (type === REQUEST.in) {
      totals.reads += 1;
      totals.readBytes += length;
    } else if (type === REQUEST.out) {
      totals.writes += 1;
      totals.writtenBytes += length;
    } else if (type === REQUEST.flush) {
      totals.flushes += 1;
    } else if (type === REQUEST.discard || type === REQUEST.writeZeroes) {
      totals.discards += 1;
    }
  }

  private onBatch(): void {
    const { activation } = this;
    if (activation === undefined) return;
    for (const queue of activation.queues) queue?.publish();
    if (this.isWaiting.includes(true)) this.turn ??= setImmediate(() => this.onTurn());
  }

  async reset(): Promise<void> {
    this.activation = undefined;
    this.isWaiting.fill(false);
    clearTimeout(this.pause);
    this.pause = undefined;
    if (this.turn !== undefined) clearImmediate(this.turn);
    this.turn = undefined;
    await this.disk.io.drain();
  }

  async close(): Promise<void> {
    await this.disk.close();
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.totals };
  }
}

/** Bytes from the beginning of the writable part; the status counts where it follows them. */
function writtenBytes({ type, length, chain }: BlockRequest, status: number): number {
  let data = 0;
  if (status === STATUS_OK && type === REQUEST.in) data = length;
  if (status === STATUS_OK && type === REQUEST.getId) data = Math.min(length, ID_BYTES);
  return chain.writableBytes === data + 1 ? data + 1 : data;
}

function sizesOf({ sizeBytes, blockSize, physicalBlockSize }: BlockBackend): {
  readonly sizeBytes: number;
  readonly blockSize: number;
  readonly physicalBlockSize: number;
} {
  return { sizeBytes, blockSize, physicalBlockSize };
}
