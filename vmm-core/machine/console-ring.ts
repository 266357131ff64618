import { close, openReadWrite } from '../sys/files';
import { Mapping, viewOf } from '../sys/mapping';
import { FILE_BYTES, HEAD_BYTES, HEADER_BYTES, TAIL_BYTES, WRITTEN_AT } from './console-file';

/** Maps the file. @returns its address, for every thread of the process */
export function mapConsoleRing(path: string): number {
  const fd = openReadWrite(path);
  try {
    return new Mapping(fd, FILE_BYTES).address;
  } finally {
    close(fd);
  }
}

/** The mapped file. Writers are serialised by the UART's lock. */
export class ConsoleRing {
  private readonly written: Float64Array;
  private readonly head: Uint8Array;
  private readonly tail: Uint8Array;

  constructor(address: number) {
    const buffer = viewOf(address, FILE_BYTES);
    this.written = new Float64Array(buffer, WRITTEN_AT, 1);
    this.head = new Uint8Array(buffer, HEADER_BYTES, HEAD_BYTES);
    this.tail = new Uint8Array(buffer, HEADER_BYTES + HEAD_BYTES, TAIL_BYTES);
  }

  get end(): number {
    return this.written[0] ?? 0;
  }

  append(byte: number): void {
    const at = this.end;
    if (at < HEAD_BYTES) this.head[at] = byte;
    this.tail[at % TAIL_BYTES] = byte;
    // Last, so that a reader never counts a byte that is not there yet.
    this.written[0] = at + 1;
  }

  /** Where reading can go on from `offset`: there, or at the first byte after it that is kept. */
  firstKept(offset: number): number {
    if (offset < Math.min(HEAD_BYTES, this.end)) return offset;
    return Math.min(this.end, Math.max(offset, this.end - TAIL_BYTES));
  }

  /**
   * A copy of up to `limit` bytes from `offset`, which must be kept. Fewer when the part it lies
   * in ends sooner. `undefined` when the guest overtook the reader while it copied.
   */
  read(offset: number, limit: number): Buffer | undefined {
    const end = this.end;
    if (offset < HEAD_BYTES) {
      return Buffer.from(this.head.subarray(offset, Math.min(end, HEAD_BYTES, offset + limit)));
    }
    const at = offset % TAIL_BYTES;
    const copy = Buffer.from(
      this.tail.subarray(at, at + Math.min(limit, end - offset, TAIL_BYTES - at)),
    );
    return offset < this.end - TAIL_BYTES ? undefined : copy;
  }
}
