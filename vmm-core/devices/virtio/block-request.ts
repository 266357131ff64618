import type { GuestMemory } from '../../memory/guest-memory';
import { NativeBuffer } from '../../sys/native-buffer';
import { DescriptorChain, IOVEC_BYTES } from './descriptor-chain';

/** Types of a request; virtio 1.2, 5.2.6. */
export const REQUEST = {
  in: 0,
  out: 1,
  flush: 4,
  getId: 8,
  discard: 11,
  writeZeroes: 13,
} as const;

/** What the last byte of a request says when it comes back. */
export const STATUS_OK = 0;
export const STATUS_IOERR = 1;
export const STATUS_UNSUPP = 2;

/** struct virtio_blk_req before the data: type, reserved, sector. */
export const HEADER_BYTES = 16;
const SECTOR = 8;
const WORD = 2 ** 32;

/** One request from the moment it is taken to the moment it is given back; used again and again. */
export class BlockRequest {
  readonly chain: DescriptorChain;
  readonly iovecs: NativeBuffer;
  private readonly words: Uint32Array;
  private readonly scratch = new Uint8Array(HEADER_BYTES);
  private readonly scratchView = new DataView(this.scratch.buffer);
  /** Index of the queue it came from. */
  queue = 0;
  type = 0;
  sector = 0;
  /** Bytes of data, neither header nor status among them. */
  length = 0;

  /** @param tag by which the disk knows it */
  constructor(
    readonly tag: number,
    private readonly memory: GuestMemory,
    maxBuffers: number,
  ) {
    this.chain = new DescriptorChain(memory, maxBuffers);
    this.iovecs = new NativeBuffer(maxBuffers * IOVEC_BYTES);
    this.words = new Uint32Array(this.iovecs.bytes.buffer);
  }

  /** Reads the header. @returns false when the chain has no room for one, or none for the status */
  parse(): boolean {
    const { chain, memory } = this;
    if (chain.readableBytes < HEADER_BYTES || chain.writableBytes < 1) return false;
    if ((chain.length[0] as number) >= HEADER_BYTES) {
      const at = chain.gpa[0] as number;
      this.type = memory.readU32(at);
      this.sector = memory.readU32(at + SECTOR) + memory.readU32(at + SECTOR + 4) * WORD;
    } else {
      // A driver may split the header as it likes; 2.7.4.
      chain.read(0, this.scratch);
      this.type = this.scratchView.getUint32(0, true);
      this.sector =
        this.scratchView.getUint32(SECTOR, true) +
        this.scratchView.getUint32(SECTOR + 4, true) * WORD;
    }
    this.length =
      this.type === REQUEST.in || this.type === REQUEST.getId
        ? chain.writableBytes - 1
        : chain.readableBytes - HEADER_BYTES;
    return true;
  }

  /** Fills the iovecs with the data's buffers. @returns how many there are */
  prepareIovecs(): number {
    return this.type === REQUEST.in
      ? this.chain.writableIovecs(this.words, 0, 0, this.length)
      : this.chain.readableIovecs(this.words, 0, HEADER_BYTES, this.length);
  }

  /** The range of a discard or write zeroes; 5.2.6. */
  readRange(): { readonly sector: number; readonly sectors: number; readonly flags: number } {
    this.chain.read(HEADER_BYTES, this.scratch);
    return {
      sector: this.scratchView.getUint32(0, true) + this.scratchView.getUint32(4, true) * WORD,
      sectors: this.scratchView.getUint32(8, true),
      flags: this.scratchView.getUint32(12, true),
    };
  }

  /** The status is the last byte that the device may write, wherever the driver has put it. */
  setStatus(status: number): void {
    const { chain } = this;
    for (let i = chain.count - 1; i >= chain.readableCount; i--) {
      const length = chain.length[i] as number;
      if (length === 0) continue;
      this.memory.writeU8((chain.gpa[i] as number) + length - 1, status);
      return;
    }
  }
}
