import os from 'node:os';
import type { NativeBuffer } from '../sys/native-buffer';
import {
  type DiskEngine,
  type EngineClient,
  EngineOperation,
  FALLOC_KEEP_SIZE,
  FALLOC_PUNCH_HOLE,
} from './disk-engine';
import { type DiskCallbacks, type DiskIo, DiskRequestKind } from './disk-io';
import { DECLINED, type InlineIo } from './inline-io';
import { IOVEC_BYTES, IovecReader, MAX_IOVECS } from './iovec';
import { UNFINISHED, ZeroWrites } from './zero-writes';

const { EINTR, EIO, ENOSPC, EROFS } = os.constants.errno;

const IDLE = -1;
/** The kind of every tag of a disk that was closed. */
const CLOSED = -2;

/** What of a file its requests depend on. */
export interface DiskBounds {
  readonly readOnly: boolean;
  /** Changes when the file is resized. */
  readonly sizeBytes: number;
  /** What offsets are a multiple of; 1 where that is free. */
  readonly offsetAlignment: number;
}

/**
 * Requests of a disk as system calls of an engine: goes on where a transfer stopped short, reads
 * zeros behind the end of the file, and finds the way to write zeros that this file has.
 */
export class DiskQueue implements DiskIo, EngineClient {
  private readonly engine: DiskEngine;
  private readonly iovecs = new IovecReader();
  private readonly zeroWrites: ZeroWrites;
  private inFlight = 0;
  private completed = 0;

  // A request's state, indexed by its tag.
  private readonly kind: Int8Array;
  private readonly iovAddress: Float64Array;
  private readonly iovCount: Int32Array;
  private readonly offset: Float64Array;
  private readonly length: Float64Array;
  /** Bytes transferred by earlier system calls of the request. */
  private readonly done: Float64Array;
  /** Iovec arrays of remainders, which must stand while the kernel works on them. */
  private readonly remainders = new Map<number, NativeBuffer>();

  /**
   * Requests that are settled without the engine, and wait for kick() to tell: tag and result, in
   * turns. A tag may be here twice, for it can be used again while older ones are being told.
   */
  private readonly settled: Int32Array;
  private settledCount = 0;
  private readonly onDrained: (() => void)[] = [];
  private isClosed = false;
  private isDelivering = false;
  private kickAgain = false;

  /**
   * @param maxRequests how many tags there are
   * @param inline how to spare the engine what needs no waiting, if there is a way
   */
  constructor(
    private readonly bounds: DiskBounds,
    maxRequests: number,
    private readonly callbacks: DiskCallbacks,
    private readonly inline: InlineIo | undefined,
    createEngine: (client: EngineClient) => DiskEngine,
  ) {
    this.kind = new Int8Array(maxRequests).fill(IDLE);
    this.iovAddress = new Float64Array(maxRequests);
    this.iovCount = new Int32Array(maxRequests);
    this.offset = new Float64Array(maxRequests);
    this.length = new Float64Array(maxRequests);
    this.done = new Float64Array(maxRequests);
    this.settled = new Int32Array(maxRequests * 4);
    this.engine = createEngine(this);
    this.zeroWrites = new ZeroWrites(this.engine, maxRequests);
  }

  submit(
    kind: DiskRequestKind,
    tag: number,
    iovAddress: number,
    iovCount: number,
    offset: number,
    length: number,
  ): void {
    if (this.kind[tag] !== IDLE)
      throw new RangeError(`tag ${tag} is in flight, or is none of this disk`);
    this.kind[tag] = kind;
    this.iovAddress[tag] = iovAddress;
    this.iovCount[tag] = iovCount;
    this.offset[tag] = offset;
    this.length[tag] = length;
    this.done[tag] = 0;
    this.inFlight += 1;
    if (kind === DiskRequestKind.read) this.start(tag);
    else this.change(kind, tag, offset, length);
  }

  /** Everything but a read: it must be allowed, and stay within the disk. */
  private change(kind: DiskRequestKind, tag: number, offset: number, length: number): void {
    const { bounds } = this;
    if (kind === DiskRequestKind.flush) {
      // A disk that nobody can write has nothing to flush.
      if (bounds.readOnly) this.settle(tag, 0);
      else this.perform(tag);
    } else if (bounds.readOnly) {
      this.settle(tag, -EROFS);
    } else if (offset + length > bounds.sizeBytes) {
      this.settle(tag, -ENOSPC);
    } else if (length === 0) {
      this.settle(tag, 0);
    } else if (kind === DiskRequestKind.write) {
      this.start(tag);
    } else if (kind === DiskRequestKind.writeZeroes) {
      this.zeroWrites.start(tag, offset, length);
    } else {
      this.perform(tag);
    }
  }

  /** Begins a read or write: here and now, if that is the quickest, or by the engine. */
  private start(tag: number): void {
    const result = this.inline === undefined ? DECLINED : this.tryInline(this.inline, tag);
    if (result === DECLINED) this.transfer(tag);
    else this.settle(tag, result);
  }

  private tryInline(inline: InlineIo, tag: number): number {
    const address = this.iovAddress[tag] as number;
    const count = Math.min(this.iovCount[tag] as number, MAX_IOVECS);
    const offset = this.offset[tag] as number;
    if (this.kind[tag] === DiskRequestKind.write) {
      return inline.write(address, count, offset, this.length[tag] as number);
    }
    // Of many reads, an io_uring makes one call. One that is alone is quicker without it.
    if (this.engine.readsCacheAtOnce && this.inFlight > 1) return DECLINED;
    return inline.read(address, count, offset);
  }

  kick(): void {
    if (this.isDelivering) {
      this.kickAgain = true;
      return;
    }
    if (this.inFlight === 0) return;
    this.isDelivering = true;
    try {
      do {
        this.kickAgain = false;
        this.inline?.beginBatch();
        if (this.settledCount > 0) this.deliverSettled();
        this.engine.kick();
        if (this.completed > 0) {
          this.completed = 0;
          this.callbacks.onBatch();
        }
      } while (this.kickAgain);
    } finally {
      this.isDelivering = false;
    }
    if (this.inFlight === 0 && this.onDrained.length > 0) {
      for (const resolve of this.onDrained.splice(0)) resolve();
    }
  }

  ready(): void {
    this.kick();
  }

  performed(tag: number, result: number): void {
    const kind = this.kind[tag] as number;
    // The hot path: all there was to transfer, at once.
    if (
      kind <= DiskRequestKind.write &&
      result === (this.length[tag] as number) &&
      this.done[tag] === 0
    ) {
      this.finish(tag, result);
    } else if (result === -EINTR) {
      this.perform(tag);
    } else if (kind <= DiskRequestKind.write) {
      this.transferred(tag, result);
    } else if (kind === DiskRequestKind.writeZeroes) {
      const end = this.zeroWrites.performed(tag, result);
      if (end !== UNFINISHED) this.finish(tag, end);
    } else {
      this.finish(tag, result);
    }
  }

  /** Has the engine do what the request needs next. */
  private perform(tag: number): void {
    const kind = this.kind[tag] as number;
    if (kind <= DiskRequestKind.write) {
      this.transfer(tag);
    } else if (kind === DiskRequestKind.writeZeroes) {
      this.zeroWrites.perform(tag);
    } else if (kind === DiskRequestKind.flush) {
      this.engine.queue(tag, EngineOperation.sync, 0, 0, 0);
    } else {
      const mode = FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE;
      const length = this.length[tag] as number;
      const offset = this.offset[tag] as number;
      this.engine.queue(tag, EngineOperation.fallocate, length, mode, offset);
    }
  }

  drain(): Promise<void> {
    this.kick();
    if (this.inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.onDrained.push(resolve);
    });
  }

  close(): void {
    if (this.inFlight > 0) throw new Error(`${this.inFlight} disk requests are in flight`);
    if (this.isClosed) return;
    this.isClosed = true;
    this.kind.fill(CLOSED);
    this.engine.close();
  }

  private settle(tag: number, result: number): void {
    const at = this.settledCount * 2;
    this.settled[at] = tag;
    this.settled[at + 1] = result;
    this.settledCount += 1;
  }

  private deliverSettled(): void {
    const { settled, settledCount } = this;
    for (let i = 0; i < settledCount; i++) {
      const tag = settled[i * 2] as number;
      const result = settled[i * 2 + 1] as number;
      // What was done inline may have stopped short.
      if ((this.kind[tag] as number) <= DiskRequestKind.write) this.performed(tag, result);
      else this.finish(tag, result);
    }
    // Callbacks may have settled more, which is for the next kick.
    settled.copyWithin(0, settledCount * 2, this.settledCount * 2);
    this.settledCount -= settledCount;
  }

  private finish(tag: number, result: number): void {
    this.kind[tag] = IDLE;
    this.inFlight -= 1;
    this.completed += 1;
    this.callbacks.onComplete(tag, result);
  }

  /** Starts a read or write, or what is left of it. */
  private transfer(tag: number): void {
    const { engine, iovecs } = this;
    const isRead = this.kind[tag] === DiskRequestKind.read;
    const address = this.iovAddress[tag] as number;
    const count = this.iovCount[tag] as number;
    const done = this.done[tag] as number;
    const offset = (this.offset[tag] as number) + done;
    if (count === 1) {
      const operation = isRead ? EngineOperation.read : EngineOperation.write;
      const base = iovecs.base(address, 0) + done;
      engine.queue(tag, operation, base, iovecs.length(address, 0) - done, offset);
      return;
    }
    const operation = isRead ? EngineOperation.readVector : EngineOperation.writeVector;
    if (done === 0) {
      // More entries than one call takes: it stops short, and we go on from there.
      engine.queue(tag, operation, address, Math.min(count, MAX_IOVECS), offset);
      return;
    }
    const rest = iovecs.behind(address, count, done);
    this.remainders.set(tag, rest);
    const entries = Math.min(rest.length / IOVEC_BYTES, MAX_IOVECS);
    engine.queue(tag, operation, rest.address, entries, offset);
  }

  private transferred(tag: number, result: number): void {
    const length = this.length[tag] as number;
    const isRead = this.kind[tag] === DiskRequestKind.read;
    if (result < 0) {
      this.endTransfer(tag, result);
      return;
    }
    const done = (this.done[tag] as number) + result;
    this.done[tag] = done;
    if (done >= length) {
      this.endTransfer(tag, length);
    } else if (isRead && (result === 0 || done % this.bounds.offsetAlignment !== 0)) {
      // The file ends here. With direct I/O it shows in a read that stops between two blocks, for
      // the next one could not begin there.
      this.iovecs.zero(
        this.iovAddress[tag] as number,
        this.iovCount[tag] as number,
        done,
        length - done,
      );
      this.endTransfer(tag, length);
    } else if (result === 0) {
      this.endTransfer(tag, -EIO);
    } else {
      this.transfer(tag);
    }
  }

  private endTransfer(tag: number, result: number): void {
    this.remainders.delete(tag);
    this.finish(tag, result);
  }
}
