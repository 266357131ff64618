import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 1024 * 1024;

/**
 * The SHA-256 of a file's first bytes, in hexadecimal.
 * @param onProgress told after each piece @throws the signal's reason
 */
export async function hashFile(
  file: FileHandle,
  bytes: number,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let done = 0; done < bytes; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK_BYTES, bytes - done), done);
    // Shorter than it should be: the hash of what is there will not be the right one.
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
    onProgress(done);
  }
  return hash.digest('hex');
}
