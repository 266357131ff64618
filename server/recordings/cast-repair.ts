import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Cuts off half a line that a crash left behind.
 * @returns what is left, and when it was written last; undefined without a file
 */
export async function wholeLines(
  path: string,
): Promise<{ readonly sizeBytes: number; readonly endedAt: Date } | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r+');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size, mtime } = await file.stat();
    const sizeBytes = await endOfLines(file, size);
    if (sizeBytes !== size) await file.truncate(sizeBytes);
    return { sizeBytes, endedAt: mtime };
  } finally {
    await file.close();
  }
}

async function endOfLines(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let end = size; end > 0; end -= CHUNK_BYTES) {
    const from = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, end - from, from);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return from + at + 1;
  }
  return 0;
}
