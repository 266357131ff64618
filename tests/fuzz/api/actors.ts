import type { Needs } from '../../../server/api/operations/operation';
import type { Role } from '../../../server/api/session';
import type { Scope } from '../../../server/api/tokens';
import type { TestConsole } from '../../support/console';
import type { Random } from '../random';
import { send } from './sender';

/** Of every user that the fuzzer makes for itself. */
export const PASSWORD = 'a password of a fuzzer';
/** How names of actors begin, by which they are told from users that requests made. */
export const ACTOR_NAME = 'fuzz.';
/** How an actor's own token is called. */
export const ACTOR_TOKEN = 'actor';
/** Sign-ins that are guessed use up what is allowed of the usual address; actors have another. */
const LOCAL_ADDRESS = '127.0.0.2';

const SCOPES = { viewer: 'read', operator: 'operate', admin: 'admin' } as const;
const ORDER: readonly Role[] = ['viewer', 'operator', 'admin'];

/** With what one request is made. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly role: Role | undefined;
  /** Of the token; without one it is the session. */
  readonly scope: Scope | undefined;
}

/** Whether an operation is for who has these. */
export function mayCall(needs: Needs, { role, scope }: Credentials): boolean {
  if (needs === 'open') return true;
  if (role === undefined || ORDER.indexOf(role) < ORDER.indexOf(needs.role)) return false;
  return scope === undefined || needs.scopes.includes(scope);
}

/** Who sends requests. What they do may lock them out; then there is a new one of the same role. */
export class Actor {
  private cookie: Readonly<Record<string, string>> = {};
  private token: Readonly<Record<string, string>> = {};
  private generation = 0;

  constructor(
    private readonly console: TestConsole,
    readonly role: Role | undefined,
  ) {}

  /** Of the session or of a token. */
  credentials(random: Random): Credentials {
    const { role } = this;
    if (role === undefined) return { headers: {}, role, scope: undefined };
    return random.oneIn(3)
      ? { headers: this.cookie, role, scope: undefined }
      : { headers: this.token, role, scope: SCOPES[role] };
  }

  /** Signs a new user in. @throws Error when that cannot be done */
  async renew(): Promise<void> {
    const { role } = this;
    if (role === undefined) return;
    this.generation += 1;
    const name = `${ACTOR_NAME}${role}.${this.generation}`;
    const user = { name, role, password: PASSWORD };
    const { status } = await this.console.request('POST', '/users', user);
    if (status !== 201) throw new Error(`the user ${name}: ${status}`);
    const signedIn = await this.post('/api/v1/session', { name, password: PASSWORD });
    const cookie = signedIn.cookies[0]?.split(';')[0];
    if (cookie === undefined) throw new Error(`the sign-in of ${name}: ${signedIn.status}`);
    this.cookie = { origin: this.console.address, cookie };
    const order = { name: ACTOR_TOKEN, scopes: [SCOPES[role]] };
    const made = await this.post('/api/v1/tokens', order, this.cookie);
    const { token } = JSON.parse(made.body) as { token: string };
    this.token = { authorization: `Bearer ${token}` };
  }

  /** Whether session and token are still good. */
  async isIn(): Promise<boolean> {
    if (this.role === undefined) return true;
    for (const headers of [this.cookie, this.token]) {
      const sent = { method: 'GET', path: '/api/v1/session', headers };
      const { status, body } = await send(this.console.address, sent);
      const { user } = JSON.parse(body) as { user?: { role: string } | null };
      if (status !== 200 || user?.role !== this.role) return false;
    }
    return true;
  }

  private post(path: string, value: object, headers: Readonly<Record<string, string>> = {}) {
    const origin = this.console.address;
    return send(
      origin,
      {
        method: 'POST',
        path,
        headers: { origin, ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(value),
      },
      LOCAL_ADDRESS,
    );
  }
}
