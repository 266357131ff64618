import os from 'node:os';
import { NativeBuffer } from '../sys/native-buffer';
import {
  type DiskEngine,
  EngineOperation,
  FALLOC_KEEP_SIZE,
  FALLOC_PUNCH_HOLE,
  FALLOC_ZERO_RANGE,
} from './disk-engine';

const { EINVAL, EIO, EOPNOTSUPP } = os.constants.errno;

/** Ways to make a range read as zeros, best first; behind the last, zeros are written. */
const FALLOCATE_MODES = [
  FALLOC_ZERO_RANGE | FALLOC_KEEP_SIZE,
  FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE,
] as const;

const ZEROS_BYTES = 256 * 1024;
/** Enough for direct I/O on any device. */
const ZEROS_ALIGNMENT = 4096;

/** What performed() says of a request that goes on. */
export const UNFINISHED = 1;

/** Requests to zero a range, in the way that the file has; known by their tags. */
export class ZeroWrites {
  /** The first way that was not refused so far. */
  private best = 0;
  private readonly way: Uint8Array;
  private readonly offset: Float64Array;
  private readonly left: Float64Array;
  private zeros: { readonly memory: NativeBuffer; readonly address: number } | undefined;

  constructor(
    private readonly engine: DiskEngine,
    maxRequests: number,
  ) {
    this.way = new Uint8Array(maxRequests);
    this.offset = new Float64Array(maxRequests);
    this.left = new Float64Array(maxRequests);
  }

  start(tag: number, offset: number, length: number): void {
    this.way[tag] = this.best;
    this.offset[tag] = offset;
    this.left[tag] = length;
    this.perform(tag);
  }

  /** Has the engine do what comes next, or what was interrupted. */
  perform(tag: number): void {
    const offset = this.offset[tag] as number;
    const left = this.left[tag] as number;
    const mode = FALLOCATE_MODES[this.way[tag] as number];
    if (mode !== undefined) {
      this.engine.queue(tag, EngineOperation.fallocate, left, mode, offset);
      return;
    }
    this.zeros ??= alignedZeros();
    const bytes = Math.min(left, ZEROS_BYTES);
    this.engine.queue(tag, EngineOperation.write, this.zeros.address, bytes, offset);
  }

  /**
   * Takes the result of a request's last operation.
   * @returns 0 or -errno when the request is done, else UNFINISHED
   */
  performed(tag: number, result: number): number {
    const way = this.way[tag] as number;
    if (way === FALLOCATE_MODES.length) return this.wrote(tag, result);
    // EINVAL: the range is not made of whole blocks of the device. Another one may be.
    if (result !== -EOPNOTSUPP && result !== -EINVAL) return result;
    this.way[tag] = way + 1;
    if (result === -EOPNOTSUPP) this.best = Math.max(this.best, way + 1);
    this.perform(tag);
    return UNFINISHED;
  }

  private wrote(tag: number, bytes: number): number {
    if (bytes <= 0) return bytes === 0 ? -EIO : bytes;
    const left = (this.left[tag] as number) - bytes;
    if (left === 0) return 0;
    this.offset[tag] = (this.offset[tag] as number) + bytes;
    this.left[tag] = left;
    this.perform(tag);
    return UNFINISHED;
  }
}

function alignedZeros(): { memory: NativeBuffer; address: number } {
  const memory = new NativeBuffer(ZEROS_BYTES + ZEROS_ALIGNMENT);
  return { memory, address: Math.ceil(memory.address / ZEROS_ALIGNMENT) * ZEROS_ALIGNMENT };
}
