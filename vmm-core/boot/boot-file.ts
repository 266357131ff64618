import fs from 'node:fs';
import { BootError } from './boot-error';

/** A file of a boot, open, read with bounds. */
export class BootFile {
  constructor(
    /** What it is to the person, for messages. */
    readonly name: string,
    readonly fd: number,
    /** Bytes. */
    readonly size: number,
  ) {}

  /** @throws BootError saying that the file is cut off in `what` */
  read(offset: number, length: number, what: string): DataView {
    if (offset + length > this.size) {
      throw new BootError(
        `${this.name}: is cut off in its ${what}`,
        'Copy or build the file again.',
      );
    }
    const bytes = new Uint8Array(length);
    fs.readSync(this.fd, bytes, 0, length, offset);
    return new DataView(bytes.buffer);
  }

  /** The first bytes, fewer when the file has fewer. */
  beginning(length: number): DataView {
    return this.read(0, Math.min(length, this.size), 'beginning');
  }
}

/** @throws BootError when there is no such file or it may not be read */
export function withBootFile<T>(path: string, name: string, use: (file: BootFile) => T): T {
  let fd: number;
  try {
    // Opening a FIFO waits for its writer but for this flag, which regular files ignore.
    fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new BootError(`${name}: ${cause}`, 'Check the path and who may read it.');
  }
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw new BootError(`${name}: ${path} is not a file`, 'Give a file.');
    return use(new BootFile(name, fd, stat.size));
  } finally {
    fs.closeSync(fd);
  }
}
