import { POLICY_HEADER } from './headers';

/**
 * Headers of every answer. Code comes from here, or stands in a page with the nonce of its answer;
 * the `style` attributes of React and of the terminal cannot carry one.
 * @param nonce of this answer alone; Next finds it in the request's header of the same name and
 * puts it on the scripts that carry the page's data
 * @param development Next's development mode evaluates modules
 */
export function securityHeaders(
  nonce: string,
  development: boolean,
): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${development ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    [POLICY_HEADER]: policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // The one-time link's token is behind a #, and still no other site needs to know our addresses.
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}
