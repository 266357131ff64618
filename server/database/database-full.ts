import { ProblemError } from '../problems/problem-error';

/** As libSQL calls it, and as Prisma passes it on: sqlite3.h, and PostgreSQL's Appendix A. */
const SQLITE_FULL = 'SQLITE_FULL';
const ORIGINAL_CODES: ReadonlySet<unknown> = new Set(['13', '53100']);

/** Whether a write failed because the disk under the database is full; of either database. */
export function isDatabaseFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, meta } = error as { code?: unknown; meta?: unknown };
  return code === SQLITE_FULL || ORIGINAL_CODES.has(originalCode(meta));
}

/** Where Prisma keeps what the driver said. */
function originalCode(meta: unknown): unknown {
  const { driverAdapterError } = (meta ?? {}) as {
    driverAdapterError?: { cause?: { originalCode?: unknown } };
  };
  return driverAdapterError?.cause?.originalCode;
}

export function databaseFull(cause: unknown): ProblemError {
  return new ProblemError(
    {
      status: 507,
      code: 'disk-full',
      title: 'Not enough space',
      detail: 'Nothing can be written to the database of the console: its disk is full.',
      hint: 'Free some space on that disk, then try again. What runs goes on.',
    },
    { cause },
  );
}
