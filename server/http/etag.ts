import { ProblemError } from '../problems/problem-error';

/** ETag and If-Match over the revision that a row counts; RFC 9110, 8.8.3 and 13.1.1. */

export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/**
 * The revision that a change is made from.
 * @returns undefined when the client does not care
 * @throws ProblemError 400 when the header is no ETag of ours
 */
export function expectedRevision(request: Request): number | undefined {
  const header = request.headers.get('if-match')?.trim();
  if (header === undefined || header === '*') return undefined;
  const revision = /^"(\d{1,15})"$/.exec(header)?.[1];
  if (revision === undefined) {
    throw new ProblemError({
      status: 400,
      code: 'wrong-if-match',
      title: 'Wrong If-Match',
      detail: 'The If-Match header holds no ETag of this resource.',
      hint: 'Send the ETag that the resource came with, quotes included, or leave the header out.',
    });
  }
  return Number(revision);
}
