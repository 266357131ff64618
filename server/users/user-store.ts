import type { User as FullRow } from '../../prisma/generated/client';
import { type Role, roleSchema, type User } from '../api/session';
import type { Account } from '../api/users';
import type { Database } from '../database/opened-database';
import { isUniqueViolation } from '../database/unique-violation';

export interface UserWithHash extends User {
  readonly passwordHash: string;
}

interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

export function userFromRow(row: UserRow): User {
  return { id: row.id, name: row.name, role: roleSchema.parse(row.role) };
}

function accountFromRow(row: FullRow): Account {
  return {
    ...userFromRow(row),
    createdAt: row.createdAt.toISOString(),
    disabledAt: row.disabledAt?.toISOString() ?? null,
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
  };
}

async function grantsOf(
  database: Pick<Database, 'session' | 'apiToken'>,
  userId: string,
): Promise<string[]> {
  const ids = { where: { userId }, select: { id: true } } as const;
  const rows = [
    ...(await database.session.findMany(ids)),
    ...(await database.apiToken.findMany(ids)),
  ];
  return rows.map(({ id }) => id);
}

export interface NewUser {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string;
}

/** Another user has the name. */
export class UserNameTaken extends Error {}

export class UserStore {
  constructor(private readonly database: Database) {}

  /** By name. */
  async list(): Promise<Account[]> {
    const rows = await this.database.user.findMany({ orderBy: { nameKey: 'asc' } });
    return rows.map(accountFromRow);
  }

  async find(id: string): Promise<Account | undefined> {
    const row = await this.database.user.findUnique({ where: { id } });
    return row === null ? undefined : accountFromRow(row);
  }

  /** @throws UserNameTaken */
  async create(user: NewUser): Promise<Account> {
    try {
      const data = { ...user, nameKey: user.name.toLowerCase(), createdAt: new Date() };
      return accountFromRow(await this.database.user.create({ data }));
    } catch (error) {
      if (isUniqueViolation(error)) throw new UserNameTaken();
      throw error;
    }
  }

  /**
   * Whoever is disabled is signed out in the same step, so that no crash leaves the one without the
   * other.
   * @returns the sessions and tokens they had: those of a disabled user are no more
   */
  async change(id: string, role: Role, disabledAt: Date | null): Promise<string[]> {
    return this.database.$transaction(async (tx) => {
      await tx.user.updateMany({ where: { id }, data: { role, disabledAt } });
      const grants = await grantsOf(tx, id);
      if (disabledAt !== null) {
        await tx.session.deleteMany({ where: { userId: id } });
        await tx.apiToken.deleteMany({ where: { userId: id } });
      }
      return grants;
    });
  }

  /** @returns the sessions and tokens that went with the user */
  async delete(id: string): Promise<string[]> {
    return this.database.$transaction(async (tx) => {
      const grants = await grantsOf(tx, id);
      await tx.user.deleteMany({ where: { id } });
      return grants;
    });
  }

  /** @returns undefined when there is no such user */
  async passwordHashOf(id: string): Promise<string | undefined> {
    const row = await this.database.user.findUnique({ where: { id } });
    return row?.passwordHash;
  }

  /**
   * Ends the sessions that were opened with the old one.
   * @param keptId the session that goes on
   * @returns the sessions that ended
   */
  async setPasswordHash(id: string, passwordHash: string, keptId = ''): Promise<string[]> {
    return this.database.$transaction(async (tx) => {
      await tx.user.updateMany({ where: { id }, data: { passwordHash } });
      const where = { userId: id, id: { not: keptId } };
      const ended = await tx.session.findMany({ where, select: { id: true } });
      await tx.session.deleteMany({ where });
      return ended.map((row) => row.id);
    });
  }

  async isEmpty(): Promise<boolean> {
    return (await this.database.user.count()) === 0;
  }

  /** @returns undefined also for one who may not sign in */
  async findByName(name: string): Promise<UserWithHash | undefined> {
    const row = await this.database.user.findUnique({ where: { nameKey: name.toLowerCase() } });
    if (row === null || row.disabledAt !== null) return undefined;
    return { ...userFromRow(row), passwordHash: row.passwordHash };
  }

  /** Makes the user only if there is none yet. @returns undefined when somebody was first */
  async createFirst(user: NewUser): Promise<User | undefined> {
    return this.database.$transaction(async (tx) => {
      if ((await tx.user.count()) > 0) return undefined;
      const row = await tx.user.create({
        data: { ...user, nameKey: user.name.toLowerCase(), createdAt: new Date() },
      });
      return userFromRow(row);
    });
  }
}
