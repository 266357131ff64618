import { ProblemError } from '../problems/problem-error';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a method changes nothing; RFC 9110, 9.2.1. */
export function isSafe(method: string): boolean {
  return SAFE_METHODS.has(method);
}

export interface OriginFacts {
  readonly method: string;
  readonly host: string | null;
  readonly origin: string | null;
  readonly secFetchSite: string | null;
  /** Origins the operator named, for a console behind a proxy that changes Host. */
  readonly allowed: readonly string[];
}

/**
 * Whether a request may come from where it says. A browser names the page's origin on every unsafe
 * request and on WebSockets; a program without a browser names none, and has no cookie to steal.
 */
export function isSameOrigin(facts: OriginFacts): boolean {
  if (facts.origin === null) {
    return facts.secFetchSite === null || ['same-origin', 'none'].includes(facts.secFetchSite);
  }
  if (facts.allowed.includes(facts.origin)) return true;
  if (!URL.canParse(facts.origin) || facts.host === null) return false;
  return new URL(facts.origin).host === facts.host.toLowerCase();
}

/** @throws ProblemError 403 when an unsafe request comes from a page of another site */
export function checkSameOrigin(facts: OriginFacts): void {
  if (isSafe(facts.method) || isSameOrigin(facts)) return;
  throw crossSite();
}

export function crossSite(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'cross-site',
    title: 'Request from another site',
    detail: 'The request comes from a page of another site.',
    hint: 'Open the console by its own address. Behind a proxy, set VIRTDECK_ORIGIN to the address people open.',
  });
}
