import { randomUUID } from 'node:crypto';
import type { Account, ChangeUser, CreateUser, SetPassword } from '../api/users';
import { ProblemError } from '../problems/problem-error';
import { notFound } from '../problems/problems';
import { hashPassword, verifyPassword } from './passwords';
import type { Principal } from './principal';
import { RateLimiter } from './rate-limiter';
import type { Revocations } from './revocations';
import { tooManyTries } from './too-many-tries';
import { UserNameTaken, type UserStore } from './user-store';

const OLD_PASSWORD_TRIES = { burst: 5, refillMs: 30_000 };

/**
 * The people who may sign in. There is always an administrator among them: changes happen one after
 * the other, so that two administrators cannot remove each other at the same time.
 */
export class UserService {
  private queue: Promise<unknown> = Promise.resolve();
  /** Of old passwords: who found an open session shall not find out the password with it. */
  private readonly guesses: RateLimiter;

  constructor(
    private readonly store: UserStore,
    private readonly revocations: Revocations,
    now: () => number = Date.now,
  ) {
    this.guesses = new RateLimiter(OLD_PASSWORD_TRIES, now);
  }

  list(): Promise<Account[]> {
    return this.store.list();
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<Account> {
    const account = await this.store.find(id);
    if (account === undefined) throw notFound('such user');
    return account;
  }

  /** @throws ProblemError 409 when the name is taken */
  async create({ name, role, password }: CreateUser): Promise<Account> {
    const passwordHash = await hashPassword(password);
    try {
      return await this.store.create({ id: randomUUID(), name, role, passwordHash });
    } catch (error) {
      if (error instanceof UserNameTaken) throw nameTaken(name);
      throw error;
    }
  }

  /**
   * Another role holds from the next request on, and open streams and consoles begin anew with it;
   * who is disabled is signed out at once.
   * @param check of what is there; nothing comes between it and the change
   * @throws ProblemError 404, 409 for the last administrator, and what `check` throws
   */
  change(
    id: string,
    { role, disabled }: ChangeUser,
    check: (before: Account) => void = () => {},
  ): Promise<Account> {
    return this.inTurn(async () => {
      const before = await this.get(id);
      check(before);
      const disabledAt =
        disabled === undefined ? before.disabledAt : disabled ? new Date().toISOString() : null;
      const after: Account = { ...before, role: role ?? before.role, disabledAt };
      if (!isAdministrator(after)) await this.checkNotLast(before);
      const since = disabledAt === null ? null : new Date(disabledAt);
      const grants = await this.store.change(id, after.role, since);
      if (disabledAt !== null) this.revocations.tell(grants);
      else if (after.role !== before.role) this.revocations.interrupt(grants);
      return after;
    });
  }

  /** @throws ProblemError 404, 409 for the last administrator */
  delete(id: string): Promise<void> {
    return this.inTurn(async () => {
      await this.checkNotLast(await this.get(id));
      this.revocations.tell(await this.store.delete(id));
    });
  }

  /**
   * Sets a password. All other sessions of the user end; tokens stay, for they hold no password.
   * @param by who asks: for their own they have to know the old one
   * @throws ProblemError 404, 403 when the old one is wrong, 429 after too many wrong ones
   */
  async setPassword(
    by: Principal,
    id: string,
    { oldPassword, password }: SetPassword,
  ): Promise<void> {
    const isOwn = by.user.id === id;
    const hash = await this.store.passwordHashOf(id);
    if (hash === undefined) throw notFound('such user');
    if (isOwn) await this.checkOldPassword(id, hash, oldPassword ?? '');
    const kept = isOwn ? by.grantId : undefined;
    this.revocations.tell(await this.store.setPasswordHash(id, await hashPassword(password), kept));
  }

  private async checkOldPassword(id: string, hash: string, password: string): Promise<void> {
    const waitMs = this.guesses.take(id);
    if (waitMs > 0) throw tooManyTries('for your old password', waitMs);
    if (!(await verifyPassword(hash, password))) throw wrongOldPassword();
    this.guesses.giveBack(id);
  }

  private async checkNotLast(account: Account): Promise<void> {
    if (!isAdministrator(account)) return;
    const others = (await this.store.list()).filter(({ id }) => id !== account.id);
    if (!others.some(isAdministrator)) throw lastAdministrator(account.name);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => {});
    return done;
  }
}

function isAdministrator({ role, disabledAt }: Account): boolean {
  return role === 'admin' && disabledAt === null;
}

function nameTaken(name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'name-taken',
    title: 'The name is taken',
    detail: `Another user is called "${name}"; names differ by more than case.`,
    hint: 'Choose another name.',
    errors: [{ path: 'name', message: 'Another user has this name.' }],
  });
}

function lastAdministrator(name: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'last-administrator',
    title: 'The last administrator',
    detail: `Without "${name}" nobody could administer this console.`,
    hint: 'Make another user an administrator first.',
  });
}

function wrongOldPassword(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'wrong-old-password',
    title: 'The old password is wrong',
    detail: 'To change your password you have to give the one you have now.',
    hint: 'Give it in `oldPassword`. If it is lost, ask an administrator to set another one.',
    errors: [{ path: 'oldPassword', message: 'This is not your password.' }],
  });
}
