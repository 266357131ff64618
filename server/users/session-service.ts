import { randomUUID } from 'node:crypto';
import type { User } from '../api/session';
import type { Database } from '../database/database';
import { hashSecret, newSecret } from './secrets';
import { SEEN_STEP_MS, SESSION_IDLE_MS, SESSION_MAX_MS } from './session-limits';
import { userFromRow } from './user-store';

export interface LiveSession {
  readonly id: string;
  readonly user: User;
}

type RevokedListener = (sessionId: string) => void;

/** Sign-ins. The browser holds a random token, the database its hash. */
export class SessionService {
  private readonly revokedListeners = new Set<RevokedListener>();

  constructor(
    private readonly database: Database,
    private readonly now: () => number = Date.now,
  ) {}

  /** @returns the token, which exists nowhere else */
  async open(user: User): Promise<string> {
    const token = newSecret();
    const now = this.now();
    await this.database.session.deleteMany({ where: { expiresAt: { lt: new Date(now) } } });
    await this.database.session.create({
      data: {
        id: randomUUID(),
        tokenHash: hashSecret(token),
        userId: user.id,
        createdAt: new Date(now),
        lastSeenAt: new Date(now),
        expiresAt: new Date(now + SESSION_IDLE_MS),
      },
    });
    return token;
  }

  /** @returns null when the token names no session that is still good */
  async find(token: string | undefined): Promise<LiveSession | null> {
    if (token === undefined || token === '') return null;
    const row = await this.database.session.findUnique({
      where: { tokenHash: hashSecret(token) },
      include: { user: true },
    });
    const now = this.now();
    if (row === null || row.expiresAt.getTime() <= now) return null;
    if (now - row.lastSeenAt.getTime() >= SEEN_STEP_MS) {
      const end = Math.min(now + SESSION_IDLE_MS, row.createdAt.getTime() + SESSION_MAX_MS);
      // Many: the session may have been revoked since it was read.
      await this.database.session.updateMany({
        where: { id: row.id },
        data: { lastSeenAt: new Date(now), expiresAt: new Date(end) },
      });
    }
    return { id: row.id, user: userFromRow(row.user) };
  }

  /** Ends a session now, and the streams that were opened with it. */
  async revoke(sessionId: string): Promise<void> {
    await this.database.session.deleteMany({ where: { id: sessionId } });
    for (const listener of this.revokedListeners) listener(sessionId);
  }

  /** @returns stops the listening */
  onRevoked(listener: RevokedListener): () => void {
    this.revokedListeners.add(listener);
    return () => this.revokedListeners.delete(listener);
  }
}
