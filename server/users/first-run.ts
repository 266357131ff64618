import { randomUUID } from 'node:crypto';
import type { FirstRun, User } from '../api/session';
import { ProblemError } from '../problems/problem-error';
import { hashPassword } from './passwords';
import { hashSecret, newSecret, secretMatches } from './secrets';
import type { UserStore } from './user-store';

/**
 * The first administrator. The token is printed where the console was started, and only its hash
 * stays, in memory: a restart makes another and voids the old.
 */
export class FirstRunService {
  private tokenHash: string | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly users: Pick<UserStore, 'isEmpty' | 'createFirst'>) {}

  /** @returns a token while no user exists, and voids the one before; otherwise undefined */
  async issueToken(): Promise<string | undefined> {
    if (!(await this.users.isEmpty())) return undefined;
    const token = newSecret();
    this.tokenHash = hashSecret(token);
    return token;
  }

  isOpen(): Promise<boolean> {
    return this.users.isEmpty();
  }

  /**
   * Makes the first administrator; of two who try at once, one does.
   * @throws ProblemError 403 for a wrong token, 409 when there is a user already
   */
  redeem(form: FirstRun): Promise<User> {
    // PostgreSQL would let two transactions both see that there is nobody yet.
    const done = this.turn.then(() => this.makeFirst(form));
    this.turn = done.catch(() => {});
    return done;
  }

  private async makeFirst({ token, name, password }: FirstRun): Promise<User> {
    if (!(await this.users.isEmpty())) throw alreadyDone();
    if (this.tokenHash === undefined || !secretMatches(token, this.tokenHash)) throw wrongToken();
    const passwordHash = await hashPassword(password);
    const user = await this.users.createFirst({
      id: randomUUID(),
      name,
      role: 'admin',
      passwordHash,
    });
    if (user === undefined) throw alreadyDone();
    this.tokenHash = undefined;
    return user;
  }
}

function wrongToken(): ProblemError {
  return new ProblemError({
    status: 403,
    code: 'wrong-first-run-token',
    title: 'The link is not valid',
    detail: 'This one-time link is not the one the console printed last.',
    hint: 'Use the link printed when the console started. A restart prints a new one.',
  });
}

function alreadyDone(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'first-run-done',
    title: 'Already set up',
    detail: 'The first administrator exists already.',
    hint: 'Sign in with that name.',
  });
}
