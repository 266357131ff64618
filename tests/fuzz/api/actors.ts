import type { Role } from '../../../server/api/session';
import type { TestConsole } from '../../support/console';
import type { Random } from '../random';
import { send } from './sender';

const PASSWORD = 'a password of a fuzzer';

/** Who sends requests. What they do may lock them out; then there is a new one of the same role. */
export class Actor {
  private cookie: Readonly<Record<string, string>> = {};
  private token: Readonly<Record<string, string>> = {};
  private generation = 0;

  constructor(
    private readonly console: TestConsole,
    readonly role: Role | 'nobody',
  ) {}

  /** Of the session, or of a token, which signing out does not end. */
  credentials(random: Random): Readonly<Record<string, string>> {
    return random.oneIn(4) ? this.cookie : this.token;
  }

  /** Signs a new user in. The limit on sign-ins may forbid it for a while; then nothing changes. */
  async renew(): Promise<void> {
    if (this.role === 'nobody') return;
    this.generation += 1;
    const name = `${this.role}-${this.generation}`;
    const user = { name, role: this.role, password: PASSWORD };
    await this.console.request('POST', '/users', user);
    const origin = this.console.address;
    const response = await fetch(`${origin}/api/v1/session`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ name, password: PASSWORD }),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie === undefined) return;
    this.cookie = { origin, cookie: cookie.split(';')[0] ?? '' };
    const scope = this.role === 'admin' ? 'admin' : this.role === 'operator' ? 'operate' : 'read';
    const made = await send(origin, {
      method: 'POST',
      path: '/api/v1/tokens',
      headers: { ...this.cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'fuzz', scopes: [scope] }),
    });
    const { token } = JSON.parse(made.body) as { token: string };
    this.token = { authorization: `Bearer ${token}` };
  }

  /** Whether the token is still good. */
  async isIn(): Promise<boolean> {
    if (this.role === 'nobody') return true;
    const headers = this.token;
    const { status, body } = await send(this.console.address, {
      method: 'GET',
      path: '/api/v1/session',
      headers,
    });
    if (status !== 200) return false;
    const { user } = JSON.parse(body) as { user: { role: string } | null };
    return user?.role === this.role;
  }
}
