import { explainDatabase } from '../database/database-problems';
import { isProblemError, ProblemError } from '../problems/problem-error';

const MIB = 1024 * 1024;

/** @param missing bytes that would have to be freed first, when that is known */
export function diskFull(missing?: number, cause?: unknown): ProblemError {
  return new ProblemError(
    {
      status: 507,
      code: 'disk-full',
      title: 'Not enough space',
      detail:
        missing === undefined
          ? "The disk of the console's data directory is full."
          : `The disk of the console's data directory has ${Math.ceil(missing / MIB)} MiB less than this needs.`,
      hint: 'Delete images or disks that nobody needs, or give the host more space, then try again.',
    },
    { cause },
  );
}

/** What errors of the file system mean for a person; by their `code`. */
const KNOWN: Readonly<Record<string, (error: Error) => ProblemError>> = {
  ENOSPC: (error) => diskFull(undefined, error),
  EDQUOT: (error) => diskFull(undefined, error),
  EFBIG: (error) =>
    storage(
      error,
      'file-too-large',
      'The file system of the data directory takes no file so large.',
      'Choose a smaller size, or keep the data directory on XFS.',
    ),
  EROFS: (error) =>
    storage(
      error,
      'data-read-only',
      'The file system of the data directory is read-only.',
      'Look into the log of the host: a damaged disk is often mounted read-only.',
    ),
  EACCES: (error) => noAccess(error),
  EPERM: (error) => noAccess(error),
  EIO: (error) =>
    storage(
      error,
      'data-io-error',
      "The host's disk failed while it was read or written.",
      "Look into the log of the host and check its disk's health.",
    ),
};

/**
 * What files and the database meet.
 * @returns a problem for what a person can do something about, else the error as it came
 */
export function explainStorage(error: unknown): unknown {
  if (isProblemError(error) || !(error instanceof Error) || !('code' in error)) return error;
  const known = typeof error.code === 'string' ? KNOWN[error.code] : undefined;
  return known === undefined ? explainDatabase(error) : known(error);
}

function noAccess(error: Error): ProblemError {
  return storage(
    error,
    'data-no-access',
    'The console may not read or write a file in its data directory.',
    'Give all of the data directory to the user the console runs as.',
  );
}

function storage(cause: Error, code: string, detail: string, hint: string): ProblemError {
  return new ProblemError(
    { status: 500, code, title: 'The data directory cannot be used', detail, hint },
    { cause },
  );
}
