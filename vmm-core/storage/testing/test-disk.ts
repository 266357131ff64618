import { NativeBuffer } from '../../sys/native-buffer';
import { type DiskCallbacks, type DiskIo, DiskRequestKind } from '../disk-io';
import { IOVEC_BYTES } from '../iovec';

const PAGE = 4096;
const MAX_SEGMENTS = 2048;

/** How the bytes of a request lie in memory: `lengths` of pieces, each so far into a page. */
export interface Scatter {
  readonly lengths: readonly number[];
  /** Bytes from a page boundary to the beginning of each piece. */
  readonly misalignment: number;
}

/** What a driver and a device do: requests with memory of their own, awaited one by one. */
export class TestDisk implements DiskCallbacks {
  readonly io: DiskIo;
  completions = 0;
  batches = 0;
  private readonly waiting = new Map<number, (result: number) => void>();
  private readonly free: number[];

  constructor(tags: number, open: (callbacks: DiskCallbacks) => DiskIo) {
    this.free = Array.from({ length: tags }, (_, tag) => tag);
    this.io = open(this);
  }

  onComplete(tag: number, result: number): void {
    this.completions += 1;
    const told = this.waiting.get(tag);
    if (told === undefined) throw new Error(`tag ${tag} completed, and was not in flight`);
    this.waiting.delete(tag);
    this.free.push(tag);
    told(result);
  }

  onBatch(): void {
    this.batches += 1;
  }

  /** Not kicked. @returns the result, when there is one */
  request(
    kind: DiskRequestKind,
    offset: number,
    length: number,
    iovecs: { address: number; count: number } = { address: 0, count: 0 },
  ): Promise<number> {
    const tag = this.free.pop();
    if (tag === undefined) throw new Error('no tag is free');
    return new Promise((resolve) => {
      this.waiting.set(tag, resolve);
      this.io.submit(kind, tag, iovecs.address, iovecs.count, offset, length);
    });
  }

  /** Kicked. @throws Error when the read fails */
  async read(offset: number, length: number, scatter?: Scatter): Promise<Buffer> {
    const memory = new ScatteredMemory(scatter ?? { lengths: [length], misalignment: 0 });
    memory.fill(0xee);
    const result = this.request(DiskRequestKind.read, offset, length, memory.iovecs);
    this.io.kick();
    const got = await result;
    if (got !== length) throw new Error(`read ${got} of ${length} bytes`);
    return memory.gather();
  }

  /** Kicked. @returns the result */
  async write(offset: number, bytes: Uint8Array, scatter?: Scatter): Promise<number> {
    const memory = new ScatteredMemory(scatter ?? { lengths: [bytes.length], misalignment: 0 });
    memory.scatter(bytes);
    const result = this.request(DiskRequestKind.write, offset, bytes.length, memory.iovecs);
    this.io.kick();
    const put = await result;
    memory.keep();
    return put;
  }

  /** Kicked: flush, discard or writeZeroes. @returns the result */
  async command(kind: DiskRequestKind, offset = 0, length = 0): Promise<number> {
    const result = this.request(kind, offset, length);
    this.io.kick();
    return await result;
  }
}

/** Memory in pieces, each in pages of its own, and the iovecs that name them. */
export class ScatteredMemory {
  readonly iovecs: { readonly address: number; readonly count: number };
  private readonly pieces: Uint8Array[] = [];
  private readonly owned: NativeBuffer[] = [];

  constructor({ lengths, misalignment }: Scatter) {
    if (lengths.length > MAX_SEGMENTS) throw new RangeError('too many pieces');
    const iovecs = new NativeBuffer(lengths.length * IOVEC_BYTES);
    const bytes = lengths.reduce((sum, length) => sum + Math.ceil(length / PAGE) + 1, 2) * PAGE;
    const memory = new NativeBuffer(bytes);
    this.owned.push(iovecs, memory);
    let at = Math.ceil(memory.address / PAGE) * PAGE - memory.address;
    lengths.forEach((length, index) => {
      const start = at + misalignment;
      this.pieces.push(memory.bytes.subarray(start, start + length));
      iovecs.u64[index * 2] = BigInt(memory.address + start);
      iovecs.u64[index * 2 + 1] = BigInt(length);
      at += (Math.ceil(length / PAGE) + 1) * PAGE;
    });
    this.iovecs = { address: iovecs.address, count: lengths.length };
  }

  fill(byte: number): void {
    for (const piece of this.pieces) piece.fill(byte);
  }

  scatter(bytes: Uint8Array): void {
    let at = 0;
    for (const piece of this.pieces) {
      piece.set(bytes.subarray(at, at + piece.length));
      at += piece.length;
    }
  }

  gather(): Buffer {
    return Buffer.concat(this.pieces);
  }

  /** Memory lives as long as its object does; to be called when the kernel is done with it. */
  keep(): number {
    return this.owned.length;
  }
}
