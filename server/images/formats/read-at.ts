/** Reads a part of a file; shorter at its end. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>;
