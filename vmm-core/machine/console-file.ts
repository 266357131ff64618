import fs from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/**
 * What a guest prints, in a file of the run directory that the monitor maps: the beginning, and a
 * rolling tail. Whoever serves the UART writes here and never waits for a reader; the file outlives
 * the monitor, so that the last words of one that was killed can still be read.
 *
 * Layout: a header page, HEAD_BYTES of the beginning, TAIL_BYTES of ring. Offsets are absolute:
 * byte N of the console is at N of the beginning, and at N modulo TAIL_BYTES of the ring.
 */
export const HEADER_BYTES = 4096;
export const HEAD_BYTES = 64 * 1024;
export const TAIL_BYTES = 1024 * 1024;
export const FILE_BYTES = HEADER_BYTES + HEAD_BYTES + TAIL_BYTES;

const MAGIC = 0x4b4e5256;
const VERSION = 1;
const MAGIC_AT = 0;
const VERSION_AT = 4;
/** A double, so that 2^53 bytes can be counted and an aligned load reads it whole. */
export const WRITTEN_AT = 8;

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
