import { open } from 'node:fs/promises';

/** What a person reads of a log; monitors say little. */
const MOST_BYTES = 64 * 1024;

/** @returns the last lines of a log, or nothing when there is none */
export async function readLogEnd(path: string): Promise<string> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MOST_BYTES);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    const text = bytes.subarray(0, bytesRead).toString('utf8');
    // A line that was cut in half is none.
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}
