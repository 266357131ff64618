import { nativeMemset } from '../sys/libc';
import { NativeBuffer } from '../sys/native-buffer';
import type { DirectAlignment } from './direct-alignment';
import { type DiskCallbacks, type DiskIo, DiskRequestKind } from './disk-io';
import { IOVEC_BYTES, IovecReader } from './iovec';

/** As much as is moved at a time; a multiple of every alignment. */
const BOUNCE_BYTES = 256 * 1024;
/** Alignments are powers of two up to this. */
const MAX_ALIGNMENT = 64 * 1024;

/** A request that waits, or is being carried out by way of the bounce buffer. */
interface HeldRequest {
  readonly kind: DiskRequestKind;
  readonly tag: number;
  readonly iovAddress: number;
  readonly iovCount: number;
  readonly offset: number;
  readonly length: number;
}

/** The part of a request that is in the bounce buffer: whole blocks around what is wanted. */
interface Piece {
  readonly start: number;
  readonly bytes: number;
  /** What of it is the request's, and how much of the request came before. */
  readonly wantedFrom: number;
  readonly wantedBytes: number;
  readonly done: number;
}

/**
 * Direct I/O for guests that do not align their requests. An aligned one passes. Any other goes
 * through a buffer, by whole blocks: a write first reads the blocks of which it is only a part. For
 * that nothing else may change them meanwhile, so such a request waits until it is alone, and
 * those that come after it wait until it is done. That is slow, and rare.
 */
export class AlignedIo implements DiskIo {
  private readonly inner: DiskIo;
  private readonly iovecs = new IovecReader();
  private readonly offsetMask: number;
  private readonly memoryMask: number;
  private readonly held: HeldRequest[] = [];
  private active: HeldRequest | undefined;
  private piece: Piece | undefined;
  private isReadingAround = false;
  private bounce: { readonly memory: NativeBuffer; readonly iovec: NativeBuffer } | undefined;
  private bounceAddress = 0;
  private passed = 0;

  constructor(
    private readonly alignment: DirectAlignment,
    private readonly callbacks: DiskCallbacks,
    createInner: (callbacks: DiskCallbacks) => DiskIo,
  ) {
    this.offsetMask = alignment.offset - 1;
    this.memoryMask = alignment.memory - 1;
    this.inner = createInner({
      onComplete: (tag, result) => this.innerCompleted(tag, result),
      onBatch: () => this.innerBatch(),
    });
  }

  submit(
    kind: DiskRequestKind,
    tag: number,
    iovAddress: number,
    iovCount: number,
    offset: number,
    length: number,
  ): void {
    if (this.active === undefined && this.held.length === 0) {
      if (this.isAligned(kind, iovAddress, iovCount, offset, length)) {
        this.passed += 1;
        this.inner.submit(kind, tag, iovAddress, iovCount, offset, length);
        return;
      }
    }
    this.held.push({ kind, tag, iovAddress, iovCount, offset, length });
    this.advance();
  }

  private isAligned(
    kind: DiskRequestKind,
    iovAddress: number,
    iovCount: number,
    offset: number,
    length: number,
  ): boolean {
    if (kind === DiskRequestKind.flush || kind === DiskRequestKind.discard) return true;
    // Bitwise operators see the low 32 bits, and alignments are smaller.
    if (((offset | length) & this.offsetMask) !== 0) return false;
    if (kind === DiskRequestKind.writeZeroes) return true;
    for (let i = 0; i < iovCount; i++) {
      if ((this.iovecs.base(iovAddress, i) & this.memoryMask) !== 0) return false;
      if ((this.iovecs.length(iovAddress, i) & this.offsetMask) !== 0) return false;
    }
    return true;
  }

  kick(): void {
    this.inner.kick();
  }

  // Whatever is held waits for something that is in flight below, or is in flight there itself.

  drain(): Promise<void> {
    return this.inner.drain();
  }

  close(): void {
    this.inner.close();
  }

  private innerCompleted(tag: number, result: number): void {
    if (this.active?.tag === tag) {
      this.bounced(this.active, result);
    } else {
      this.passed -= 1;
      this.callbacks.onComplete(tag, result);
    }
  }

  private innerBatch(): void {
    this.advance();
    // Takes effect when this callback has returned.
    this.inner.kick();
    this.callbacks.onBatch();
  }

  /** Passes on what waits, up to a request that has to be alone. */
  private advance(): void {
    while (this.active === undefined) {
      const [next] = this.held;
      if (next === undefined) return;
      const { kind, tag, iovAddress, iovCount, offset, length } = next;
      if (this.isAligned(kind, iovAddress, iovCount, offset, length)) {
        this.passed += 1;
        this.inner.submit(kind, tag, iovAddress, iovCount, offset, length);
      } else {
        if (this.passed > 0) return;
        this.active = next;
        this.startPiece(next, 0);
      }
      this.held.shift();
    }
  }

  private startPiece(request: HeldRequest, done: number): void {
    const block = this.alignment.offset;
    const wantedStart = request.offset + done;
    const start = wantedStart - (wantedStart % block);
    const end = Math.min(
      start + BOUNCE_BYTES,
      Math.ceil((request.offset + request.length) / block) * block,
    );
    const wantedFrom = wantedStart - start;
    const wantedBytes = Math.min(end - wantedStart, request.length - done);
    const piece = { start, bytes: end - start, wantedFrom, wantedBytes, done };
    this.piece = piece;
    const isWhole = wantedFrom === 0 && wantedBytes === piece.bytes;
    this.isReadingAround = request.kind !== DiskRequestKind.read && !isWhole;
    if (request.kind === DiskRequestKind.read || this.isReadingAround) {
      this.transfer(request, DiskRequestKind.read, piece);
    } else {
      this.writePiece(request, piece);
    }
  }

  private writePiece(request: HeldRequest, piece: Piece): void {
    const { iovAddress, iovCount } = request;
    this.prepareBounce();
    const wanted = this.bounceAddress + piece.wantedFrom;
    if (request.kind === DiskRequestKind.writeZeroes) {
      nativeMemset(wanted, 0, piece.wantedBytes);
    } else {
      this.iovecs.gather(iovAddress, iovCount, piece.done, piece.wantedBytes, wanted);
    }
    this.transfer(request, DiskRequestKind.write, piece);
  }

  private transfer(request: HeldRequest, kind: DiskRequestKind, piece: Piece): void {
    const iovec = this.prepareBounce();
    iovec.u64[0] = BigInt(this.bounceAddress);
    iovec.u64[1] = BigInt(piece.bytes);
    this.inner.submit(kind, request.tag, iovec.address, 1, piece.start, piece.bytes);
  }

  private bounced(request: HeldRequest, result: number): void {
    const piece = this.piece as Piece;
    if (result < 0) {
      this.finish(request, result);
      return;
    }
    if (this.isReadingAround) {
      this.isReadingAround = false;
      this.writePiece(request, piece);
      return;
    }
    if (request.kind === DiskRequestKind.read) {
      const wanted = this.bounceAddress + piece.wantedFrom;
      const { iovAddress, iovCount } = request;
      this.iovecs.scatter(iovAddress, iovCount, piece.done, piece.wantedBytes, wanted);
    }
    const done = piece.done + piece.wantedBytes;
    if (done < request.length) this.startPiece(request, done);
    else this.finish(request, request.kind === DiskRequestKind.writeZeroes ? 0 : done);
  }

  private finish(request: HeldRequest, result: number): void {
    this.active = undefined;
    this.piece = undefined;
    this.callbacks.onComplete(request.tag, result);
  }

  /** Most disks never need the buffer. @returns the memory of its one iovec */
  private prepareBounce(): NativeBuffer {
    if (this.bounce === undefined) {
      const memory = new NativeBuffer(BOUNCE_BYTES + MAX_ALIGNMENT);
      this.bounce = { memory, iovec: new NativeBuffer(IOVEC_BYTES) };
      this.bounceAddress = Math.ceil(memory.address / MAX_ALIGNMENT) * MAX_ALIGNMENT;
    }
    return this.bounce.iovec;
  }
}
