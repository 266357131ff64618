import os from 'node:os';
import { viewOf } from '../../sys/mapping';
import { type FrameQueue, type NetBackend, NO_OFFLOADS, type ReceiveOffloads } from '../backend';

const { EAGAIN } = os.constants.errno;
const IOVEC_BYTES = 16;

/** The memory that struct iovecs name. */
function* buffersOf(iovecs: number, count: number): Generator<Uint8Array> {
  const entries = new DataView(viewOf(iovecs, count * IOVEC_BYTES));
  for (let i = 0; i < count; i++) {
    const address = Number(entries.getBigUint64(i * IOVEC_BYTES, true));
    const length = Number(entries.getBigUint64(i * IOVEC_BYTES + 8, true));
    yield new Uint8Array(viewOf(address, length));
  }
}

/** A queue of a tap that does what a test says. */
export class FakeQueue implements FrameQueue {
  /** Frames with their headers, or errnos, that receive() is to find. */
  readonly incoming: (Buffer | number)[] = [];
  /** Frames with their headers that were sent. */
  readonly outgoing: Buffer[] = [];
  /** Errnos that the next calls of send() answer. */
  readonly refusals: number[] = [];
  /** How many iovecs the last call had. */
  lastCount = 0;
  onReadable: (() => void) | undefined;
  onWritable: (() => void) | undefined;
  watchesBegun = 0;

  receive(iovecs: number, count: number): number {
    this.lastCount = count;
    const next = this.incoming.shift();
    if (next === undefined) return -EAGAIN;
    if (typeof next === 'number') return -next;
    let done = 0;
    for (const buffer of buffersOf(iovecs, count)) {
      const part = next.subarray(done, done + buffer.length);
      buffer.set(part);
      done += part.length;
      if (done === next.length) break;
    }
    return done;
  }

  send(iovecs: number, count: number): number {
    this.lastCount = count;
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return -refusal;
    const frame = Buffer.concat([...buffersOf(iovecs, count)]);
    this.outgoing.push(frame);
    return frame.length;
  }

  watchReadable(onReadable: () => void): () => void {
    if (this.onReadable !== undefined) throw new Error('watched already');
    this.watchesBegun += 1;
    this.onReadable = onReadable;
    return () => {
      this.onReadable = undefined;
    };
  }

  watchWritable(onWritable: () => void): () => void {
    if (this.onWritable !== undefined) throw new Error('watched already');
    this.onWritable = onWritable;
    return () => {
      this.onWritable = undefined;
    };
  }

  discard(): void {
    this.incoming.length = 0;
  }

  /** A frame comes, and whoever watches is told. */
  deliver(...frames: readonly (Buffer | number)[]): void {
    this.incoming.push(...frames);
    this.onReadable?.();
  }
}

export class FakeBackend implements NetBackend {
  readonly queues: readonly FakeQueue[];
  hasUso = true;
  offloads = NO_OFFLOADS;
  activeQueues = 0;
  carrier: boolean | undefined;
  isClosed = false;

  constructor(pairs = 1) {
    this.queues = Array.from({ length: pairs }, () => new FakeQueue());
  }

  queue(index: number): FakeQueue {
    const queue = this.queues[index];
    if (queue === undefined) throw new RangeError(`queue ${index}`);
    return queue;
  }

  setReceiveOffloads(offloads: ReceiveOffloads): void {
    this.offloads = offloads;
  }

  activateQueues(count: number): void {
    this.activeQueues = count;
  }

  setCarrier(isUp: boolean): void {
    this.carrier = isUp;
  }

  close(): void {
    this.isClosed = true;
  }
}
