import { invalid } from '../problems/problems';

/** The last row of a page: where the next one begins. */
export interface RowPlace {
  readonly createdAt: Date;
  readonly id: string;
}

export function encodeCursor({ createdAt, id }: RowPlace): string {
  return Buffer.from(`${createdAt.getTime()} ${id}`).toString('base64url');
}

/** @throws ProblemError 422 */
export function decodeCursor(cursor: string): RowPlace {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const createdAt = new Date(/^\d{1,15}$/.test(time) ? Number(time) : Number.NaN);
  if (id === '' || Number.isNaN(createdAt.getTime())) {
    throw invalid([{ path: 'cursor', message: 'Not the nextCursor of a page.' }]);
  }
  return { createdAt, id };
}
