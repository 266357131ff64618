import { ProblemError } from '../problems/problem-error';

/** ETag, If-Match and If-None-Match over the revision that a row counts; RFC 9110, 8.8.3 and 13.1. */

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

/** Spares a client what it has already: its answer as it is, or 304 without a body. */
export function unlessKnown(request: Request, response: Response): Response {
  const etag = response.headers.get('etag');
  if (request.method !== 'GET' || etag === null) return response;
  const known = (request.headers.get('if-none-match') ?? '').split(',').map((one) => one.trim());
  // The comparison is weak: a proxy that compresses says W/ before what we said.
  const isKnown = known.some((one) => one === '*' || one.replace(/^W\//, '') === etag);
  if (!isKnown) return response;
  return new Response(null, { status: 304, headers: { etag } });
}
