import type { SignIn, User } from '../api/session';
import { ProblemError } from '../problems/problem-error';
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

  constructor(
    private readonly users: Pick<UserStore, 'findByName'>,
    now: () => number = Date.now,
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
    const limits: readonly (readonly [RateLimiter, string])[] = [
      [this.pairs, `${key} ${address}`],
      [this.addresses, address],
      [this.names, key],
    ];
    // Counted before the password is looked at, so that many tries at once count as many.
    const waitMs = Math.max(...limits.map(([limiter, of]) => limiter.take(of)));
    if (waitMs > 0) throw tooManyTries('from here or with this name', waitMs);
    const user = await this.users.findByName(name);
    if (!(await verifyPassword(user?.passwordHash, password)) || user === undefined) {
      throw wrongPassword();
    }
    for (const [limiter, of] of limits) limiter.giveBack(of);
    const { passwordHash, ...known } = user;
    return { user: known, passwordHash };
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
