import { ProblemError } from '../problems/problem-error';

/** Prisma's codes for a database that is not there, does not answer in time, or hung up. */
const NO_ANSWER = /^P(1001|1002|1008|1017|2024|2028|2037)$/;
/** SQLSTATE of PostgreSQL: connections, their number, and a server that stops or starts. */
const NO_CONNECTION = /^(08...|53300|57P0.)$/;
/** As libSQL calls it, and as Prisma passes it on: SQLITE_FULL, and PostgreSQL's disk_full. */
const FULL = /^(SQLITE_FULL|13|53100)$/;

/** @returns a problem for what passes or can be helped, else the error as it came */
export function explainDatabase(error: unknown): unknown {
  if (isDatabaseFull(error)) return databaseFull(error);
  if (!hasCode(error)) return error;
  if (NO_ANSWER.test(error.code) || NO_CONNECTION.test(originalCodeOf(error))) {
    return unavailable(error);
  }
  return error;
}

/** Whether a write failed because the disk under the database is full. */
export function isDatabaseFull(error: unknown): boolean {
  return hasCode(error) && (FULL.test(error.code) || FULL.test(originalCodeOf(error)));
}

function hasCode(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** The code that the database itself gave, which Prisma puts deep inside. */
function originalCodeOf(error: Error): string {
  const { meta } = error as { meta?: { driverAdapterError?: { cause?: unknown } } };
  const cause = meta?.driverAdapterError?.cause as { originalCode?: unknown } | undefined;
  return String(cause?.originalCode ?? '');
}

function databaseFull(cause: unknown): ProblemError {
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

function unavailable(cause: Error): ProblemError {
  return new ProblemError(
    {
      status: 503,
      code: 'database-unavailable',
      title: 'The database does not answer',
      detail: 'The database of the console cannot be reached, or does not answer in time.',
      hint: 'Try again in a moment. If it goes on, see that the database runs; machines do not need it.',
      headers: { 'retry-after': '2' },
    },
    { cause },
  );
}
