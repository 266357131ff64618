import type { FileHandle } from 'node:fs/promises';

const MIB = 1024 * 1024;
/** How much of a chunk can be lost with the power, and has to be sent again. */
const SYNC_BYTES = 32 * MIB;

/** Of a chunk nobody wants any more, this much is still read: four times what one should have. */
const MAX_DRAIN_BYTES = 64 * MIB;

/** The sender has sent more than there is room for in its upload. */
export class TooMuch extends Error {}
/** The sender is gone or silent. */
export class SenderGone extends Error {}

export interface ReceiveOptions {
  /** Where the first byte goes. */
  readonly offset: number;
  /** Where the last byte has to end. */
  readonly end: number;
  readonly idleMs: number;
  /** Ends the receiving. */
  readonly signal: AbortSignal;
  /** Bytes were handed to the file system. */
  readonly onWritten: (bytes: number) => void;
  /** Everything before `position` is on the disk. */
  readonly onSynced: (position: number) => Promise<void>;
}

/**
 * Writes a request's body to a file as it comes, a piece in memory at a time. However it ends, what
 * came is on the disk and told to `onSynced` first.
 * @returns where it ended
 * @throws TooMuch, SenderGone, the signal's reason, what the disk meets
 */
export async function receive(
  body: ReadableStream<Uint8Array> | null,
  file: FileHandle,
  options: ReceiveOptions,
): Promise<number> {
  const { offset, end, onWritten, onSynced } = options;
  let position = offset;
  let synced = offset;
  const sync = async (): Promise<void> => {
    if (position === synced) return;
    const until = position;
    await file.datasync();
    synced = until;
    await onSynced(until);
  };
  const reader = body?.getReader();
  let isSending = false;
  try {
    for (;;) {
      const piece = await nextPiece(reader, options);
      if (piece === undefined) break;
      if (position + piece.length > end) throw new TooMuch();
      await writeAll(file, piece, position);
      position += piece.length;
      onWritten(piece.length);
      if (position - synced >= SYNC_BYTES) await sync();
    }
  } catch (error) {
    isSending = !(error instanceof SenderGone) && !options.signal.aborted;
    // What is wrong with the sender is no reason to forget what it has sent.
    await sync();
    throw error;
  } finally {
    if (reader !== undefined) void letGo(reader, isSending).catch(() => {});
  }
  await sync();
  return position;
}

/**
 * Without this a body nobody reads would keep its connection. Who is still sending will use the
 * connection for its next request, which can be read only behind the rest of this one.
 */
async function letGo(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  isSending: boolean,
): Promise<void> {
  let drained = 0;
  while (isSending && drained < MAX_DRAIN_BYTES) {
    const { done, value } = await reader.read();
    if (done) return;
    drained += value.length;
  }
  await reader.cancel();
}

/** @returns undefined at the end */
async function nextPiece(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  { idleMs, signal }: ReceiveOptions,
): Promise<Uint8Array | undefined> {
  if (reader === undefined) return undefined;
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SenderGone('nothing came for too long')), idleMs);
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const read = reader.read().catch((error: unknown) => {
      throw new SenderGone('the connection ended', { cause: error });
    });
    const { done, value } = await Promise.race([read, interrupted]);
    return done ? undefined : value;
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

async function writeAll(file: FileHandle, piece: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const left = piece.length - done;
    done += (await file.write(piece, done, left, position + done)).bytesWritten;
  }
}
