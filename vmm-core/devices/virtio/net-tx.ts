import os from 'node:os';
import type { GuestMemory } from '../../memory/guest-memory';
import { EBADFD, type FrameQueue } from '../../net/backend';
import { NativeBuffer } from '../../sys/native-buffer';
import type { RateLimiter } from '../rate-limiter';
import { AdaptivePoll } from './adaptive-poll';
import { DescriptorChain, IOVEC_BYTES } from './descriptor-chain';
import { ETHERNET_HEADER_BYTES, HEADER_BYTES, LARGEST_FRAME_BYTES } from './net-header';
import type { Virtqueue } from './virtqueue';

/** Frames in one turn of the event loop, shown to the driver together. */
const FRAMES_A_TURN = 64;
/** The most iovecs a system call takes: IOV_MAX. */
const MOST_IOVECS = 1024;
const SHORTEST_BYTES = HEADER_BYTES + ETHERNET_HEADER_BYTES;
const { EAGAIN, EIO } = os.constants.errno;

/** Totals since the device was made, over all its queues. */
export class TransmitCounters {
  packets = 0;
  /** Of frames, without headers. */
  bytes = 0;
  /** Frames with nowhere to go: the link or the host's interface was down. */
  dropped = 0;
  /** Frames that are none, and such as the host refused. */
  errors = 0;
  /** Times that the host could take no more for the moment. */
  hostFull = 0;
}

/**
 * One transmit queue: frames go from the driver's buffers straight to the host. While it waits for
 * the host, the rate or its next turn, the driver's bell is not heard.
 */
export class NetTransmitter {
  private queue: Virtqueue | undefined;
  private chain: DescriptorChain | undefined;
  private isOpen = false;
  /** Ends whatever it waits for. */
  private stopWaiting: (() => void) | undefined;
  private readonly iovecs = new NativeBuffer(MOST_IOVECS * IOVEC_BYTES);
  private readonly entries = new Uint32Array(this.iovecs.bytes.buffer);
  private readonly poll = new AdaptivePoll();
  private readonly hasMore = (): boolean => this.queue?.hasAvailable() ?? false;
  private readonly resume = (): void => {
    this.rest();
    this.run();
  };

  /** @param lost called when the host's end is gone for good */
  constructor(
    private readonly frames: FrameQueue,
    private readonly counters: TransmitCounters,
    private readonly limiter: RateLimiter | undefined,
    private readonly lost: () => void,
  ) {}

  /** The driver is ready. Nothing is served before open() or close(). */
  start(memory: GuestMemory, queue: Virtqueue): void {
    this.queue = queue;
    this.chain = new DescriptorChain(memory, Math.min(queue.size, MOST_IOVECS));
  }

  /** No access to guest memory any more. */
  stop(): void {
    this.rest();
    this.queue = undefined;
    this.chain = undefined;
    this.isOpen = false;
  }

  open(): void {
    this.isOpen = true;
    this.notify();
  }

  /** From now on frames are taken from the driver and dropped. */
  close(): void {
    this.isOpen = false;
    this.resume();
  }

  /** The driver rang. */
  notify(): void {
    this.poll.woken();
    if (this.stopWaiting === undefined) this.run();
  }

  private run(): void {
    const { queue, chain } = this;
    if (queue === undefined || chain === undefined) return;
    queue.suppressNotifications();
    for (let i = 0; i < FRAMES_A_TURN; i++) {
      const wait = this.limiter === undefined || !this.isOpen ? 0 : this.limiter.wait();
      if (wait > 0) {
        queue.publish();
        this.waitForRate(wait);
        return;
      }
      if (!queue.pop(chain)) {
        queue.publish();
        if (this.poll.lookFor(this.hasMore)) continue;
        if (queue.enableNotifications()) {
          this.poll.sleep();
          return;
        }
      } else if (this.transmit(chain)) {
        queue.push(chain.head, 0);
      } else {
        queue.unpop(1);
        queue.publish();
        this.stopWaiting = this.frames.watchWritable(this.resume);
        return;
      }
    }
    queue.publish();
    const next = setImmediate(this.resume);
    this.stopWaiting = () => clearImmediate(next);
  }

  /** @returns false when the host can take no more for the moment */
  private transmit(chain: DescriptorChain): boolean {
    const length = chain.readableBytes;
    if (length < SHORTEST_BYTES || length > LARGEST_FRAME_BYTES) {
      this.counters.errors += 1;
      return true;
    }
    if (!this.isOpen) {
      this.counters.dropped += 1;
      return true;
    }
    const count = chain.readableIovecs(this.entries, 0, 0, length);
    const sent = this.frames.send(this.iovecs.address, count);
    if (sent === length) {
      this.limiter?.take(length - HEADER_BYTES);
      this.counters.packets += 1;
      this.counters.bytes += length - HEADER_BYTES;
      return true;
    }
    if (sent !== -EAGAIN) {
      this.refused(sent);
      return true;
    }
    this.counters.hostFull += 1;
    return false;
  }

  private refused(result: number): void {
    if (result === -EIO || result === -EBADFD) this.counters.dropped += 1;
    else this.counters.errors += 1;
    if (result === -EBADFD) this.lost();
  }

  private waitForRate(ms: number): void {
    const timer = setTimeout(this.resume, ms);
    this.stopWaiting = () => clearTimeout(timer);
  }

  private rest(): void {
    this.stopWaiting?.();
    this.stopWaiting = undefined;
  }
}
