import { createHash } from 'node:crypto';
import { ProblemError } from '../problems/problem-error';
import { changedMeanwhile } from '../problems/problems';

/**
 * ETag, If-Match and If-None-Match (RFC 9110, 8.8.3 and 13.1), over the revision that a row counts or,
 * where it counts none, over what may be changed of it.
 */

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

/** @param content what changes may change, and nothing that changes by itself */
export function etagOfContent(content: object): string {
  return `"${createHash('sha256').update(JSON.stringify(content)).digest('base64url')}"`;
}

/** @throws ProblemError 412 when the client changes something else than what is there */
export function checkIfMatch(request: Request, etag: string): void {
  const header = request.headers.get('if-match')?.trim() ?? '*';
  if (header === '*' || header.split(',').some((one) => one.trim() === etag)) return;
  throw changedMeanwhile();
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
