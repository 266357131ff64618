import fs from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { close, openReadWrite } from '../sys/files';
import { Mapping, viewOf } from '../sys/mapping';

/**
 * What a guest prints, in a file of the run directory that the monitor maps: the beginning, and a
 * rolling tail. Whoever serves the UART writes here and never waits for a reader; the file outlives
 * the monitor, so that the last words of one that was killed can still be read.
 *
 * Layout: a header page, HEAD_BYTES of the beginning, TAIL_BYTES of ring. Offsets are absolute:
 * byte N of the console is at N of the beginning, and at N modulo TAIL_BYTES of the ring.
 */
const HEADER_BYTES = 4096;
export const HEAD_BYTES = 64 * 1024;
export const TAIL_BYTES = 1024 * 1024;
const FILE_BYTES = HEADER_BYTES + HEAD_BYTES + TAIL_BYTES;

const MAGIC = 0x4b4e5256;
const VERSION = 1;
const MAGIC_AT = 0;
const VERSION_AT = 4;
/** A double, so that 2^53 bytes can be counted and an aligned load reads it whole. */
const WRITTEN_AT = 8;

/** What is kept of a console. `head` begins at offset 0, `tail` at `tailOffset`. */
export interface ConsoleContents {
  readonly written: number;
  readonly head: Buffer;
  readonly tailOffset: number;
  readonly tail: Buffer;
}

/** Makes the file, empty. */
export function createConsoleRing(path: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC, MAGIC_AT);
  header.writeUInt32LE(VERSION, VERSION_AT);
  const fd = fs.openSync(path, 'wx', 0o600);
  try {
    fs.writeSync(fd, header);
    fs.ftruncateSync(fd, FILE_BYTES);
  } finally {
    fs.closeSync(fd);
  }
}

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

/**
 * Reads the file of a monitor, running or gone.
 * @throws Error when it is no console ring
 */
export function readConsoleRing(path: string): ConsoleContents {
  const file = fs.readFileSync(path);
  const whole = file.length === FILE_BYTES;
  if (
    !whole ||
    file.readUInt32LE(MAGIC_AT) !== MAGIC ||
    file.readUInt32LE(VERSION_AT) !== VERSION
  ) {
    throw new Error(`${path} holds no console`);
  }
  const written = file.readDoubleLE(WRITTEN_AT);
  const head = file.subarray(HEADER_BYTES, HEADER_BYTES + Math.min(written, HEAD_BYTES));
  const ring = file.subarray(HEADER_BYTES + HEAD_BYTES);
  if (written <= TAIL_BYTES)
    return { written, head, tailOffset: 0, tail: ring.subarray(0, written) };
  const seam = written % TAIL_BYTES;
  return {
    written,
    head,
    tailOffset: written - TAIL_BYTES,
    tail: Buffer.concat([ring.subarray(seam), ring.subarray(0, seam)]),
  };
}

/** All that is kept, with a note where bytes are missing between beginning and tail. */
export function consoleText(contents: ConsoleContents): Buffer {
  const { head, tail, tailOffset } = contents;
  if (tailOffset <= head.length)
    return Buffer.concat([head, tail.subarray(head.length - tailOffset)]);
  const gap = tailOffset - head.length;
  return Buffer.concat([head, Buffer.from(`\r\n[${gap} bytes are no longer kept]\r\n`), tail]);
}

/** The last lines a person would want to see, without carriage returns or escape sequences. */
export function lastLines(contents: ConsoleContents, count: number): readonly string[] {
  const text = contents.tail.subarray(-16 * 1024).toString('utf8');
  const plain = stripVTControlCharacters(text).replaceAll('\r', '');
  return plain
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
}
