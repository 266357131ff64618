import { copyFile, open, rm, stat, truncate } from 'node:fs/promises';

/** What a person reads of a log; monitors say little. */
const MOST_BYTES = 64 * 1024;
/** A guest can make its monitor say more than it has to, but not fill the disk with it. */
const ROTATE_BYTES = 1024 * 1024;

/** Where what was in a log before it was rotated is. */
export function rotatedLog(path: string): string {
  return `${path}.1`;
}

/**
 * Puts a log that has become long aside, in the place of the one before. The monitor goes on writing
 * into the same file, which it has open for appending; what it says in this moment may be lost.
 */
export async function rotateLog(path: string): Promise<void> {
  const { size } = await stat(path);
  if (size < ROTATE_BYTES) return;
  await copyFile(path, rotatedLog(path)).catch(async () => {
    // Most likely the disk is full: then what is old goes, for the log would only make it fuller.
    await rm(rotatedLog(path), { recursive: true, force: true });
  });
  await truncate(path);
}

/** @returns the last lines of a log, or nothing when there is none */
export async function readLogEnd(path: string): Promise<string> {
  const newest = await readEnd(path, MOST_BYTES);
  const older = await readEnd(rotatedLog(path), MOST_BYTES - newest.bytes.length);
  const text = Buffer.concat([older.bytes, newest.bytes]).toString('utf8');
  // A line that was cut in half is none.
  return older.isCut || newest.isCut ? text.slice(text.indexOf('\n') + 1) : text;
}

async function readEnd(path: string, most: number): Promise<{ bytes: Buffer; isCut: boolean }> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { bytes: Buffer.alloc(0), isCut: false };
    }
    throw error;
  }
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - most);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return { bytes: bytes.subarray(0, bytesRead), isCut: from > 0 };
  } finally {
    await file.close();
  }
}
