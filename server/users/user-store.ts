import { type Role, roleSchema, type User } from '../api/session';
import type { Database } from '../database/database';

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

export interface NewUser {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly passwordHash: string;
}

export class UserStore {
  constructor(private readonly database: Database) {}

  async isEmpty(): Promise<boolean> {
    return (await this.database.user.count()) === 0;
  }

  async findByName(name: string): Promise<UserWithHash | undefined> {
    const row = await this.database.user.findUnique({ where: { nameKey: name.toLowerCase() } });
    return row === null ? undefined : { ...userFromRow(row), passwordHash: row.passwordHash };
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
