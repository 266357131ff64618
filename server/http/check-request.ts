import type { IncomingMessage } from 'node:http';
import { methodsAt } from '../api/operations/find-operation';
import { ProblemError } from '../problems/problem-error';
import { notFound } from '../problems/problems';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Pages are looked at; whatever changes something is the API's. */
const PAGE_METHODS = ['GET', 'HEAD'];
/** What Next's error overlay asks while pages are developed. */
const OF_DEVELOPMENT = '/__nextjs';
/** By these Next's pages talk to Next, and by some it answers with something else than was asked. */
const OF_PAGES = /^(?:rsc$|next-|x-nextjs-|x-middleware-)/;

/**
 * Keeps from Next what it would misunderstand.
 * @throws ProblemError 400 for a path, 405 for a method
 */
export function checkRequest(request: IncomingMessage): void {
  const { method = 'GET', url = '/', headers } = request;
  // Next makes a Request of it, which a TRACE cannot be, and answers as if that were our fault.
  if (!METHODS.includes(method)) throw wrongMethod(method, METHODS);
  checkPath(url);
  if (!url.startsWith('/api/')) {
    const isOpen = PAGE_METHODS.includes(method) || url.startsWith(OF_DEVELOPMENT);
    if (!isOpen) throw wrongMethod(method, PAGE_METHODS);
    return;
  }
  for (const name of Object.keys(headers)) {
    if (OF_PAGES.test(name)) delete headers[name];
  }
}

/**
 * What may be done at a place of the API (RFC 9110, 9.3.7). Next would say that all may be, for every
 * route answers every method.
 * @returns the Allow header, or undefined when that is not what is asked
 * @throws ProblemError 404
 */
export function allowedAt({ method, url = '' }: IncomingMessage): string | undefined {
  if (method !== 'OPTIONS') return undefined;
  const [path = ''] = url.split('?', 1);
  const methods = methodsAt(path);
  if (methods.length === 0) throw notFound(`resource at ${path}`);
  return [...(methods.includes('GET') ? ['HEAD'] : []), ...methods, 'OPTIONS'].join(', ');
}

/** Next answers what is no path, or cannot be decoded, as if it were a fault of ours. */
function checkPath(url: string): void {
  // A proxy may be asked for whole addresses; this is none.
  if (!url.startsWith('/')) throw malformedPath('The path does not begin with a slash.');
  const segments = (url.split('?', 1)[0] ?? '').split('/');
  // A browser takes these out before it asks (RFC 3986, 5.2.4); who sends them means another path
  // than the one that would be looked at.
  if (segments.some(isDots)) throw malformedPath('The path holds a segment of dots alone.');
}

function isDots(segment: string): boolean {
  try {
    return /^\.\.?$/.test(decodeURIComponent(segment));
  } catch {
    throw malformedPath('The path holds a % that is not followed by two digits of a UTF-8 byte.');
  }
}

function malformedPath(detail: string): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'malformed-path',
    title: 'Malformed path',
    detail,
    hint: 'Encode the path with percent-encoding.',
  });
}

function wrongMethod(method: string, allowed: readonly string[]): ProblemError {
  return new ProblemError({
    status: 405,
    code: 'wrong-method',
    title: 'Wrong method',
    detail: `${method} is not possible here.`,
    hint: `Use ${allowed.join(', ')}.`,
    headers: { allow: allowed.join(', ') },
  });
}
