import { GuestRam } from '../../../memory/guest-memory';
import { type QueueLayout, Virtqueue } from '../virtqueue';

const MiB = 2 ** 20;
const DESC_BYTES = 16;
const DESC_NEXT = 1;
const DESC_WRITE = 2;

/** A buffer of a chain: bytes for the device to read, or room for it to write. */
export type TestBuffer = { readonly data: Uint8Array | string } | { readonly space: number };

/** What the device gave back. */
export interface UsedChain {
  readonly head: number;
  readonly written: number;
}

/** The guest's side of one virtqueue, well-behaved, in real guest memory. */
export class TestDriver {
  readonly ram: GuestRam;
  readonly queue: Virtqueue;
  readonly descriptors: number;
  readonly available: number;
  readonly used: number;
  interrupts = 0;
  brokenBy: string | undefined;
  private nextData: number;
  private nextDescriptor = 0;
  private availableIndex = 0;
  private seenUsed = 0;
  private readonly buffers = new Map<number, { readonly gpa: number; readonly length: number }[]>();

  /**
   * @param base guest physical address of the rings and, behind them, of 1 MiB of buffers; drivers
   * of several queues share the `ram` of the first
   */
  constructor(
    readonly size = 8,
    options: Partial<Pick<QueueLayout, 'eventIndex' | 'indirect'>> = {},
    ram?: GuestRam,
    base = MiB,
  ) {
    this.ram = ram ?? new GuestRam(16 * MiB);
    this.descriptors = base;
    this.available = base + 0x8_0000;
    this.used = base + 0xa_0000;
    this.nextData = base + MiB;
    // Memory that other rings were in before.
    this.ram.memory.bytes(base, MiB).fill(0);
    this.queue = new Virtqueue(
      this.ram.memory,
      {
        size,
        descriptors: this.descriptors,
        available: this.available,
        used: this.used,
        eventIndex: options.eventIndex ?? false,
        indirect: options.indirect ?? true,
      },
      {
        interrupt: () => {
          this.interrupts += 1;
        },
        broken: (reason) => {
          this.brokenBy = reason;
        },
      },
    );
  }

  /** Makes a chain of these buffers available. @returns its head */
  send(...buffers: readonly TestBuffer[]): number {
    const { memory } = this.ram;
    const head = this.nextDescriptor;
    const places = buffers.map((buffer, i) => {
      const isSpace = 'space' in buffer;
      const data = isSpace ? new Uint8Array(buffer.space) : Buffer.from(buffer.data);
      const gpa = this.nextData;
      this.nextData += Math.ceil(data.length / 16) * 16;
      memory.bytes(gpa, data.length).set(data);
      const index = (head + i) % this.size;
      const flags = (i + 1 < buffers.length ? DESC_NEXT : 0) | (isSpace ? DESC_WRITE : 0);
      this.writeDescriptor(index, gpa, data.length, flags, (index + 1) % this.size);
      return { gpa, length: data.length };
    });
    this.nextDescriptor = (head + buffers.length) % this.size;
    this.buffers.set(head, places);
    this.offer(head);
    return head;
  }

  writeDescriptor(index: number, gpa: number, length: number, flags: number, next: number): void {
    const at = this.descriptors + index * DESC_BYTES;
    this.writeDescriptorAt(at, gpa, length, flags, next);
  }

  /** A descriptor anywhere: in an indirect table. */
  writeDescriptorAt(at: number, gpa: number, length: number, flags: number, next: number): void {
    const { memory } = this.ram;
    memory.writeU64(at, BigInt(gpa));
    memory.writeU32(at + 8, length);
    memory.writeU32(at + 12, flags | (next << 16));
  }

  /** Puts a descriptor's index into the available ring. */
  offer(head: number): void {
    const { memory } = this.ram;
    const entry = this.available + 4 + 2 * (this.availableIndex % this.size);
    new DataView(memory.bytes(entry, 2).buffer, memory.bytes(entry, 2).byteOffset).setUint16(
      0,
      head,
      true,
    );
    this.availableIndex = (this.availableIndex + 1) & 0xffff;
    this.setAvailableIndex(this.availableIndex);
  }

  setAvailableIndex(index: number): void {
    const bytes = this.ram.memory.bytes(this.available + 2, 2);
    bytes[0] = index & 0xff;
    bytes[1] = index >>> 8;
  }

  /** What came back since the last call. */
  takeUsed(): UsedChain[] {
    const { memory } = this.ram;
    const index = memory.readU32(this.used) >>> 16;
    const chains: UsedChain[] = [];
    for (; this.seenUsed !== index; this.seenUsed = (this.seenUsed + 1) & 0xffff) {
      const entry = this.used + 4 + 8 * (this.seenUsed % this.size);
      chains.push({ head: memory.readU32(entry), written: memory.readU32(entry + 4) });
    }
    return chains;
  }

  /** What buffer `index` of the chain that began at `head` holds now. */
  bytesOf(head: number, index: number): Buffer {
    const place = this.buffers.get(head)?.[index];
    if (place === undefined) throw new RangeError(`chain ${head} has no buffer ${index}`);
    return Buffer.from(this.ram.memory.bytes(place.gpa, place.length));
  }

  release(): void {
    this.ram.release();
  }
}
