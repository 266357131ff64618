import type { SignIn, User } from '../api/session';
import { ProblemError } from '../problems/problem-error';
import { networkOf } from './network-of';
import { verifyPassword } from './passwords';
import { RateLimiter } from './rate-limiter';
import { tooManyTries } from './too-many-tries';
import type { UserStore } from './user-store';

const SECOND_MS = 1000;
const BY_NAME_AND_ADDRESS = { burst: 5, refillMs: 30 * SECOND_MS };
/** Looser: several people may sit behind one address. */
const BY_ADDRESS = { burst: 20, refillMs: 10 * SECOND_MS };
/** Looser still, so that a stranger cannot easily lock somebody out by failing in their name. */
const BY_NAME = { burst: 50, refillMs: 10 * SECOND_MS };
/** Of names with addresses that are remembered for a sign-in that went well. */
const MOST_PROVEN = 1000;

export interface CheckedUser {
  readonly user: User;
  /** What the password was checked against; a session is opened only while it is still that. */
  readonly passwordHash: string;
}

/** Name and password against the users, slowed down for those who guess. */
export class SignInService {
  private readonly pairs: RateLimiter;
  private readonly addresses: RateLimiter;
  private readonly names: RateLimiter;
  /** Names with where they signed in from: others who fail in their name do not lock these out. */
  private readonly proven = new Set<string>();

  constructor(
    private readonly users: Pick<UserStore, 'findByName'>,
    now: () => number = Date.now,
    private readonly verify: typeof verifyPassword = verifyPassword,
  ) {
    this.pairs = new RateLimiter(BY_NAME_AND_ADDRESS, now);
    this.addresses = new RateLimiter(BY_ADDRESS, now);
    this.names = new RateLimiter(BY_NAME, now);
  }

  /**
   * @param address where the request came from
   * @throws ProblemError 401 when they do not match, 429 with Retry-After after too many tries
   */
  async check({ name, password }: SignIn, address: string): Promise<CheckedUser> {
    const key = name.toLowerCase();
    const network = networkOf(address);
    const pair = `${key} ${network}`;
    const limits: Limits = [
      [this.addresses, network],
      [this.pairs, pair],
      ...(this.proven.has(pair) ? [] : [[this.names, key] as const]),
    ];
    // Counted before the password is looked at, so that many tries at once count as many.
    take(limits);
    const user = await this.users.findByName(name);
    if (!(await this.verify(user?.passwordHash, password)) || user === undefined) {
      throw wrongPassword();
    }
    for (const [limiter, of] of limits) limiter.giveBack(of);
    this.prove(pair);
    const { passwordHash, ...known } = user;
    return { user: known, passwordHash };
  }

  private prove(pair: string): void {
    this.proven.delete(pair);
    this.proven.add(pair);
    const [oldest] = this.proven;
    if (this.proven.size > MOST_PROVEN && oldest !== undefined) this.proven.delete(oldest);
  }
}

type Limits = readonly (readonly [limiter: RateLimiter, of: string])[];

/** Counts one try by all limits, or by none. @throws ProblemError 429 */
function take(limits: Limits): void {
  for (const [index, [limiter, of]] of limits.entries()) {
    const waitMs = limiter.take(of);
    if (waitMs === 0) continue;
    // A try that was not made shall not hold up others: who is slowed down does not use up a name.
    for (const [before, key] of limits.slice(0, index)) before.giveBack(key);
    throw tooManyTries('from here or with this name', waitMs);
  }
}

function wrongPassword(): ProblemError {
  return new ProblemError({
    status: 401,
    code: 'wrong-password',
    title: 'Sign-in failed',
    detail: 'Name and password do not match.',
    hint: 'Check both and try again.',
  });
}
