import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { isProblemError } from '../../problems/problem-error';
import type { Reservation } from '../../storage/space';
import { explainStorage } from '../../storage/storage-problems';
import { cutOff, tooLarge } from './fetch-problems';
import { type OpenUrlOptions, openUrl } from './open-url';

const MIB = 1024 * 1024;
/** Space is asked for in steps when the server does not say how much comes. */
const SPACE_STEP = 256 * MIB;

export interface DownloadOptions extends OpenUrlOptions {
  readonly maxBytes: number;
  /** For none so far; grows with what comes. */
  readonly space: Reservation;
  /** @param total what the server says; undefined when it does not */
  readonly onProgress: (received: number, total: number | undefined) => void;
}

/**
 * Fetches a file, a piece of it in memory at a time.
 * @returns its size, and its SHA-256 in hexadecimal
 * @throws ProblemError, the signal's reason
 */
export async function download(
  url: string,
  to: FileHandle,
  options: DownloadOptions,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const { maxBytes, space, onProgress, signal } = options;
  const { response, host } = await openUrl(url, options);
  let bytes = 0;
  let reserved = 0;
  const hash = createHash('sha256');
  try {
    const total = announced(response.headers['content-length']);
    if (total !== undefined && total > maxBytes) throw tooLarge(maxBytes);
    onProgress(0, total);
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      if (bytes > reserved) {
        const more = Math.max(chunk.length, (total ?? reserved + SPACE_STEP) - reserved);
        await space.add(more);
        reserved += more;
      }
      hash.update(chunk);
      await writeAll(to, chunk, bytes - chunk.length);
      space.spend(chunk.length);
      onProgress(bytes, total);
    }
    if (total !== undefined && bytes !== total) throw cutOff(host);
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, host);
  } finally {
    response.destroy();
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const left = chunk.length - done;
    done += (await file.write(chunk, done, left, position + done)).bytesWritten;
  }
}

function announced(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

/** What the socket met, of which Node says "aborted" or ECONNRESET; and what the disk met. */
function explained(error: unknown, host: string): unknown {
  const told = explainStorage(error);
  if (isProblemError(told)) return told;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE'
    ? cutOff(host, error)
    : told;
}
