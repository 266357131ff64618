import { badToken } from '../problems/problems';
import type { Principal } from '../users/principal';
import type { Client, SessionService } from '../users/session-service';
import type { TokenService } from '../users/token-service';
import { readCookie, SESSION_COOKIE } from './cookies';

/** What a request says of who it is from. */
export interface Credentials {
  readonly authorization: string | null;
  readonly cookie: string | null;
}

export interface Identifiers {
  readonly sessions: Pick<SessionService, 'find'>;
  readonly tokens: Pick<TokenService, 'find'>;
}

/** Whether a token is given: then no cookie counts, and so no page of another site can borrow one. */
export function hasToken({ authorization }: Credentials): boolean {
  return bearerOf(authorization) !== undefined;
}

/**
 * Who a request is from: by token when one is given, by cookie otherwise.
 * @returns null for nobody
 * @throws ProblemError 401 for a token that is no good
 */
export async function identify(
  { sessions, tokens }: Identifiers,
  { authorization, cookie }: Credentials,
  client: Client,
): Promise<Principal | null> {
  const token = bearerOf(authorization);
  if (token === undefined) return sessions.find(readCookie(cookie, SESSION_COOKIE), client);
  const principal = await tokens.find(token);
  if (principal === null) throw badToken();
  return principal;
}

/** RFC 6750, 2.1. Whoever names the scheme means it, even with a token that cannot be one. */
function bearerOf(authorization: string | null): string | undefined {
  return /^Bearer(?: +(.*))?$/i
    .exec(authorization?.trim() ?? '')
    ?.slice(1)
    .join('');
}
