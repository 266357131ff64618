/** What a request asks of a disk. */
export const DiskRequestKind = {
  read: 0,
  write: 1,
  /** Makes what was written and completed before durable. */
  flush: 2,
  /** The guest needs the range no more; what it reads from there afterwards is zeros. */
  discard: 3,
  /** The range reads as zeros afterwards. */
  writeZeroes: 4,
} as const;
export type DiskRequestKind = (typeof DiskRequestKind)[keyof typeof DiskRequestKind];

/**
 * What one disk can do. A request is known by a small integer that its caller chooses, the tag,
 * free again once its completion was told. Nothing here allocates for a request.
 */
export interface DiskIo {
  /**
   * Queues a request; its completion is never told before kick(). Reads and writes move data
   * between the file and the memory that the iovecs name; the other kinds have no iovecs.
   * Reads beyond the end of the file give zeros; everything else stays within the disk's size.
   * @param tag 0 to maxRequests - 1, not in flight
   * @param iovAddress of struct iovec entries, 8-byte aligned, kept by the caller until completion
   * @param offset where on the disk, in bytes
   * @param length in bytes; for reads and writes the sum of the iovecs
   */
  submit(
    kind: DiskRequestKind,
    tag: number,
    iovAddress: number,
    iovCount: number,
    offset: number,
    length: number,
  ): void;

  /**
   * Tells the kernel of all that was queued since the last call, then delivers what is complete
   * already. Within a callback it takes effect when that returns.
   */
  kick(): void;

  /** Resolves when nothing is in flight; what is queued is kicked. */
  drain(): Promise<void>;

  /** Gives back what it holds; takes no request any more. @throws Error while some are in flight */
  close(): void;
}

/** Told of completions from kick(), and from the event loop for what took longer. */
export interface DiskCallbacks {
  /** @param result bytes read or written, 0 for the other kinds, -errno on failure */
  onComplete(tag: number, result: number): void;
  /** After each batch of completions, once: the time to publish them and to interrupt. */
  onBatch(): void;
}
