/** Prisma's code for a violated unique constraint. */
const UNIQUE_VIOLATION = 'P2002';

/** Whether a write failed because another row has what must be unique; of either database. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
}
