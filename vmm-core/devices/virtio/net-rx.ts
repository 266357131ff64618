import os from 'node:os';
import { EBADFD, type FrameQueue } from '../../net/backend';
import type { RateLimiter } from '../rate-limiter';
import { HEADER_BYTES } from './net-header';
import type { ReceiveBuffers } from './net-rx-buffers';
import type { Virtqueue } from './virtqueue';

/** Frames in one turn of the event loop, shown to the driver together. */
const FRAMES_A_TURN = 64;
const { EAGAIN } = os.constants.errno;

/** Totals since the device was made, over all its queues. */
export class ReceiveCounters {
  packets = 0;
  /** Of frames, without headers. */
  bytes = 0;
  /** Frames that did not fit the driver's buffers. */
  dropped = 0;
  /** Times that the host failed to hand over a frame. */
  errors = 0;
  /** Times that the driver had no buffers left. */
  noBuffers = 0;
}

/** What a driver has set up for one queue. */
export interface ReceiveSetup {
  readonly queue: Virtqueue;
  readonly buffers: ReceiveBuffers;
  /** Whether the driver knows of checksum flags in the header: VIRTIO_NET_F_GUEST_CSUM. */
  readonly knowsChecksums: boolean;
}

/**
 * One receive queue: frames go from the host straight into the driver's buffers. It waits for one
 * thing at a time: for a frame by watching the host's descriptor, for buffers by the driver's bell,
 * for the rate by a timer.
 */
export class NetReceiver {
  private setup: ReceiveSetup | undefined;
  private isOpen = false;
  private stopWatching: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly turn = (): void => this.run();

  /** @param lost called when the host's end is gone for good */
  constructor(
    private readonly frames: FrameQueue,
    private readonly counters: ReceiveCounters,
    private readonly limiter: RateLimiter | undefined,
    private readonly lost: () => void,
  ) {}

  /** The driver is ready. Nothing is received before open(). */
  start(setup: ReceiveSetup): void {
    this.setup = setup;
  }

  /** No access to guest memory any more. */
  stop(): void {
    this.close();
    this.setup = undefined;
  }

  /** Frames may come. What came before was on a cable that was not plugged in. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.frames.discard();
    this.run();
  }

  close(): void {
    this.isOpen = false;
    this.rest();
    this.setup?.buffers.giveBack();
  }

  /** The driver rang: there are buffers. Whoever waits for something else has some already. */
  notify(): void {
    if (this.stopWatching === undefined && this.timer === undefined) this.run();
  }

  private run(): void {
    const { setup } = this;
    if (setup === undefined || !this.isOpen) return;
    const { queue, buffers } = setup;
    queue.suppressNotifications();
    for (let i = 0; i < FRAMES_A_TURN; i++) {
      if (!buffers.fill()) {
        queue.publish();
        if (!queue.enableNotifications()) continue;
        this.counters.noBuffers += 1;
        this.rest();
        return;
      }
      if (buffers.held > 0) {
        this.finish(setup, buffers.unhold());
        continue;
      }
      const wait = this.limiter === undefined ? 0 : this.limiter.wait();
      if (wait > 0) {
        queue.publish();
        this.waitFor(wait);
        return;
      }
      if (!this.receive(setup)) break;
    }
    queue.publish();
    this.watch();
  }

  /** @returns whether there may be another frame */
  private receive(setup: ReceiveSetup): boolean {
    const { buffers } = setup;
    const count = buffers.terminate();
    const got = this.frames.receive(buffers.address, count);
    if (got < HEADER_BYTES) return this.nothing(got);
    this.limiter?.take(got - HEADER_BYTES);
    if (got <= buffers.bytes) this.finish(setup, got);
    else if (!buffers.hold(got)) this.counters.dropped += 1;
    return true;
  }

  /** @param length of a frame and its header, in the driver's buffers; 0 when it did not fit */
  private finish({ buffers, knowsChecksums }: ReceiveSetup, length: number): void {
    if (length === 0) {
      this.counters.dropped += 1;
      return;
    }
    buffers.finish(length, knowsChecksums);
    this.counters.packets += 1;
    this.counters.bytes += length - HEADER_BYTES;
  }

  private nothing(result: number): boolean {
    if (result === -EAGAIN) return false;
    if (result === -EBADFD) {
      this.lost();
      return false;
    }
    this.counters.errors += 1;
    return true;
  }

  private watch(): void {
    if (!this.isOpen) return;
    this.stopWatching ??= this.frames.watchReadable(this.turn);
  }

  private waitFor(ms: number): void {
    this.rest();
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.run();
    }, ms);
  }

  /** Waits for the driver alone. */
  private rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.stopWatching?.();
    this.stopWatching = undefined;
  }
}
