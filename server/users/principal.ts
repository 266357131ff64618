import type { User } from '../api/session';
import type { Scope } from '../api/tokens';

/** Who asks, and how that is known. */
export interface Principal {
  readonly user: User;
  readonly via: 'session' | 'token';
  /** Of the session or the token: what was opened with it ends with it. */
  readonly grantId: string;
  /** How many changes Revocations knew of when this was looked up. */
  readonly asOf?: number;
  /** What a token is for; a session is for all that its user may. */
  readonly scopes?: readonly Scope[];
}
