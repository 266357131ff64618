import { statfs } from 'node:fs/promises';
import { CommandError, ImageBuildError } from './build-error';

const MIB = 1024 * 1024;

/** Sources without what is not built, objects, the linked kernel, and the image. Measured: 511 MiB. */
export const BUILD_BYTES = 640 * MIB;

/** ENOSPC and EDQUOT as strerror(3) words them in the C locale. */
const FULL = /No space left on device|Disk quota exceeded/;

/**
 * @param directory where the build will write; must exist
 * @param required bytes
 * @throws ImageBuildError `disk-full` when there is less
 */
export async function checkSpace(directory: string, required = BUILD_BYTES): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < required) throw diskFull(directory, free);
}

export function saysDiskFull(line: string): boolean {
  return FULL.test(line);
}

/** Whether an error, of Node or of a command, says that the disk or a quota of it is full. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof CommandError) return error.lastLines.some(saysDiskFull);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT' || saysDiskFull(error.message);
}

/** @param free bytes, when they were counted before anything was written */
export function diskFull(directory: string, free?: number, cause?: unknown): ImageBuildError {
  const has = free === undefined ? 'became full' : `has ${toMiB(free)} MiB free`;
  return new ImageBuildError(
    'disk-full',
    `The disk of ${directory} ${has}; building the default image takes ${toMiB(BUILD_BYTES)} MiB there.`,
    'Make room on that disk, or set the data directory to another one. What the build had written is removed.',
    { cause },
  );
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / MIB);
}
