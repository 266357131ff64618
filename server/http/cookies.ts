import { SESSION_MAX_MS } from '../users/session-limits';

export const SESSION_COOKIE = 'virtdeck_session';

/** The value of a cookie in a Cookie header. */
export function readCookie(header: string | null | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return undefined;
}

/** Where the page is that a cookie is for. */
export interface CookieSite {
  /** It was opened over TLS. */
  readonly secure: boolean;
  readonly path: string;
}

export function sessionCookie(token: string, site: CookieSite): string {
  return cookie(token, Math.floor(SESSION_MAX_MS / 1000), site);
}

export function clearedSessionCookie(site: CookieSite): string {
  return cookie('', 0, site);
}

function cookie(value: string, maxAgeSeconds: number, { secure, path }: CookieSite): string {
  const attributes = `Path=${path}; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
  return `${SESSION_COOKIE}=${value}; ${attributes}${secure ? '; Secure' : ''}`;
}
