import { constants } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { CommandFailed, runConfined } from './confined-command';
import { removeFile, sizesOf, syncFile } from './durable';
import { diskFull } from './storage-problems';

/** A file system that cannot share blocks, or not between these two files: ioctl_ficlone(2). */
const NO_CLONE = new Set(['ENOTSUP', 'EOPNOTSUPP', 'EXDEV', 'EINVAL', 'ENOTTY', 'ENOSYS', 'EPERM']);
const PROGRESS_MS = 250;
/** A disk of 8 TiB at 100 MiB/s takes 23 hours. */
const MAX_COPY_MS = 48 * 3600 * 1000;
/** As cp words it in the C locale. */
const FULL = /No space left on device|Disk quota exceeded/;

export interface CopyOptions {
  readonly signal: AbortSignal;
  /** 0 to 1, by what the copy takes of the disk. */
  readonly onProgress: (fraction: number) => void;
}

/**
 * Copies a file, sharing its blocks where the file system can, and leaving holes and runs of zeros
 * out where it cannot. What is written is on the disk when it returns; when it throws, nothing of
 * the copy is left.
 * @returns how it was done
 * @throws ProblemError 507 `disk-full`, CommandFailed, the signal's reason when aborted
 */
export async function copySparse(
  from: string,
  to: string,
  options: CopyOptions,
): Promise<'cloned' | 'copied'> {
  options.signal.throwIfAborted();
  try {
    const cloned = await clone(from, to);
    if (!cloned) await copy(from, to, options);
    await chmod(to, 0o600);
    await syncFile(to);
    return cloned ? 'cloned' : 'copied';
  } catch (error) {
    await removeFile(to).catch(() => {});
    throw error;
  }
}

async function clone(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!NO_CLONE.has(code)) throw error;
    return false;
  }
}

/** By cp(1), which finds holes with SEEK_DATA; Node has no such call, and would read them all. */
async function copy(from: string, to: string, { signal, onProgress }: CopyOptions): Promise<void> {
  const whole = (await sizesOf(from))?.allocatedBytes ?? 0;
  const timer = setInterval(() => {
    void sizesOf(to).then(
      (sizes) => onProgress(Math.min(1, (sizes?.allocatedBytes ?? 0) / Math.max(1, whole))),
      () => {},
    );
  }, PROGRESS_MS);
  try {
    await runConfined({
      program: 'cp',
      args: ['--sparse=always', '--reflink=never', '--no-target-directory', '--', from, to],
      hostile: false,
      limits: {},
      timeoutMs: MAX_COPY_MS,
      signal,
    });
  } catch (error) {
    if (error instanceof CommandFailed && FULL.test(error.lastWords)) {
      throw diskFull(undefined, error);
    }
    throw error;
  } finally {
    clearInterval(timer);
  }
}
