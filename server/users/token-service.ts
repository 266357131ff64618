import { randomUUID } from 'node:crypto';
import type { ApiToken as TokenRow } from '../../prisma/generated/client';
import { type CreateToken, scopeSchema, type Token } from '../api/tokens';
import type { Database } from '../database/opened-database';
import { ProblemError } from '../problems/problem-error';
import { notFound, signInNeeded } from '../problems/problems';
import type { Principal } from './principal';
import type { Revocations } from './revocations';
import { hashSecret, newSecret } from './secrets';
import { userFromRow } from './user-store';

/** By which people, and programs that look for secrets in the wrong place, know what it is. */
const PREFIX = 'vdk_';
const SHOWN_CHARACTERS = PREFIX.length + 6;
/** Of one user. Nobody needs so many; a program that makes one each minute is stopped. */
const MOST_TOKENS = 200;
/** How exactly `lastUsedAt` is kept: not every request has to write. */
const USED_STEP_MS = 60_000;

/** Tokens by which programs ask in a user's name. The database holds their hashes. */
export class TokenService {
  constructor(
    private readonly database: Database,
    private readonly revocations: Revocations,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * @returns the token itself too, which is shown this once
   * @throws ProblemError 401 when the user was disabled or deleted just now, 409 when they have too
   * many already
   */
  async create(
    userId: string,
    { name, scopes, lifeSeconds }: CreateToken,
  ): Promise<Token & { readonly token: string }> {
    const token = PREFIX + newSecret();
    const now = this.now();
    const row = await this.database.$transaction(async (tx) => {
      // Written to, not only read: two databases' locks then put a change of the user before or after.
      const { count } = await tx.user.updateMany({
        where: { id: userId, disabledAt: null },
        data: { disabledAt: null },
      });
      if (count === 0) throw signInNeeded();
      if ((await tx.apiToken.count({ where: { userId } })) >= MOST_TOKENS) throw tooManyTokens();
      return tx.apiToken.create({
        data: {
          id: randomUUID(),
          name,
          userId,
          tokenHash: hashSecret(token),
          prefix: token.slice(0, SHOWN_CHARACTERS),
          scopes,
          createdAt: new Date(now),
          expiresAt: new Date(now + lifeSeconds * 1000),
        },
      });
    });
    return { ...fromRow(row), token };
  }

  /** @returns null when it names no token that is still good */
  async find(token: string): Promise<Principal | null> {
    if (!token.startsWith(PREFIX)) return null;
    const asOf = this.revocations.changes;
    const row = await this.database.apiToken.findUnique({
      where: { tokenHash: hashSecret(token) },
      include: { user: true },
    });
    const now = this.now();
    if (row === null || row.expiresAt.getTime() <= now || row.user.disabledAt !== null) return null;
    if (now - (row.lastUsedAt?.getTime() ?? 0) >= USED_STEP_MS) {
      await this.database.apiToken.updateMany({
        where: { id: row.id },
        data: { lastUsedAt: new Date(now) },
      });
    }
    const { scopes } = fromRow(row);
    return { user: userFromRow(row.user), via: 'token', grantId: row.id, asOf, scopes };
  }

  /** Newest first; those that have expired too, until they are deleted. */
  async list(userId: string): Promise<Token[]> {
    const rows = await this.database.apiToken.findMany({
      where: { userId },
      orderBy: { createdAt: 'desc' },
    });
    return rows.map(fromRow);
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<Token> {
    const row = await this.database.apiToken.findUnique({ where: { id } });
    if (row === null) throw notFound('such token');
    return fromRow(row);
  }

  async revoke(id: string): Promise<void> {
    await this.database.apiToken.deleteMany({ where: { id } });
    this.revocations.tell([id]);
  }

  async revokeAll(userId: string): Promise<void> {
    const rows = await this.database.apiToken.findMany({ where: { userId }, select: { id: true } });
    await this.database.apiToken.deleteMany({ where: { userId } });
    this.revocations.tell(rows.map(({ id }) => id));
  }
}

function tooManyTokens(): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'too-many-tokens',
    title: 'Too many tokens',
    detail: `A user may have ${MOST_TOKENS} tokens, those that have expired among them.`,
    hint: 'Delete those that are not needed any more.',
  });
}

function fromRow(row: TokenRow): Token {
  return {
    id: row.id,
    name: row.name,
    userId: row.userId,
    prefix: row.prefix,
    scopes: scopeSchema.array().parse(row.scopes),
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
