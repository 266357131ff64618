import { randomUUID } from 'node:crypto';
import type { User } from '../api/session';
import type { OpenSession } from '../api/users';
import type { Database } from '../database/opened-database';
import { notFound, signInNeeded } from '../problems/problems';
import type { Principal } from './principal';
import type { Revocations } from './revocations';
import { hashSecret, newSecret } from './secrets';
import { SEEN_STEP_MS, SESSION_IDLE_MS, SESSION_MAX_MS } from './session-limits';
import { userFromRow } from './user-store';

/** Where a session is used from, for the person who looks through theirs. */
export interface Client {
  readonly address: string;
  readonly userAgent: string;
}

const MAX_USER_AGENT = 256;
const UNKNOWN: Client = { address: '', userAgent: '' };

/** Sign-ins. The browser holds a random token, the database its hash. */
export class SessionService {
  constructor(
    private readonly database: Database,
    private readonly revocations: Revocations,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * @param passwordHash what the password was checked against, when one was
   * @returns the token, which exists nowhere else
   * @throws ProblemError 401 when the user was disabled or deleted, or has another password, since
   * they were let in
   */
  async open(user: User, client: Client = UNKNOWN, passwordHash?: string): Promise<string> {
    const token = newSecret();
    const now = this.now();
    const at = new Date(now);
    await this.database.session.deleteMany({ where: { expiresAt: { lt: at } } });
    await this.database.$transaction(async (tx) => {
      const { count } = await tx.user.updateMany({
        where: {
          id: user.id,
          disabledAt: null,
          ...(passwordHash === undefined ? {} : { passwordHash }),
        },
        data: { lastSignInAt: at },
      });
      if (count === 0) throw signInNeeded();
      await tx.session.create({
        data: {
          id: randomUUID(),
          tokenHash: hashSecret(token),
          userId: user.id,
          createdAt: at,
          lastSeenAt: at,
          expiresAt: new Date(now + SESSION_IDLE_MS),
          ...seenFrom(client),
        },
      });
    });
    return token;
  }

  /** @returns null when the token names no session that is still good */
  async find(token: string | undefined, client: Client = UNKNOWN): Promise<Principal | null> {
    if (token === undefined || token === '') return null;
    const asOf = this.revocations.changes;
    const row = await this.database.session.findUnique({
      where: { tokenHash: hashSecret(token) },
      include: { user: true },
    });
    const now = this.now();
    if (row === null || row.expiresAt.getTime() <= now || row.user.disabledAt !== null) return null;
    if (now - row.lastSeenAt.getTime() >= SEEN_STEP_MS) {
      const end = Math.min(now + SESSION_IDLE_MS, row.createdAt.getTime() + SESSION_MAX_MS);
      // Many: the session may have been revoked since it was read.
      await this.database.session.updateMany({
        where: { id: row.id },
        data: { lastSeenAt: new Date(now), expiresAt: new Date(end), ...seenFrom(client) },
      });
    }
    return { user: userFromRow(row.user), via: 'session', grantId: row.id, asOf };
  }

  /**
   * Those of a user that are still good, the newest first.
   * @param currentId the one that asks
   */
  async list(userId: string, currentId: string): Promise<OpenSession[]> {
    const rows = await this.database.session.findMany({
      where: { userId, expiresAt: { gt: new Date(this.now()) } },
      orderBy: { lastSeenAt: 'desc' },
    });
    return rows.map((row) => ({
      id: row.id,
      userId: row.userId,
      createdAt: row.createdAt.toISOString(),
      lastSeenAt: row.lastSeenAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
      address: row.address,
      userAgent: row.userAgent,
      current: row.id === currentId,
    }));
  }

  /** @returns whose session it is @throws ProblemError 404 */
  async ownerOf(id: string): Promise<string> {
    const row = await this.database.session.findUnique({ where: { id } });
    if (row === null) throw notFound('such session');
    return row.userId;
  }

  /** Ends a session now, and the streams that were opened with it. */
  async revoke(sessionId: string): Promise<void> {
    await this.database.session.deleteMany({ where: { id: sessionId } });
    this.revocations.tell([sessionId]);
  }

  /** Ends all sessions of a user but one. */
  async revokeOthers(userId: string, keptId?: string): Promise<void> {
    const rows = await this.database.session.findMany({
      where: { userId, ...(keptId === undefined ? {} : { id: { not: keptId } }) },
      select: { id: true },
    });
    const ids = rows.map(({ id }) => id);
    await this.database.session.deleteMany({ where: { id: { in: ids } } });
    this.revocations.tell(ids);
  }
}

function seenFrom({ address, userAgent }: Client): Client {
  return { address, userAgent: userAgent.slice(0, MAX_USER_AGENT) };
}
