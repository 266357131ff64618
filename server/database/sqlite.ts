import { PrismaClient } from '../../prisma/generated/client';
import { applyMigrations, checkMigrations } from './migrations';
import type { OpenedDatabase } from './opened-database';
import { OneConnectionLibSql, ReadingLibSql, setUpConnection } from './sqlite-connection';

/**
 * Opens a SQLite file and brings its schema up to date. The caller holds the lock of its directory.
 * @param migrations absolute path of prisma/migrations/sqlite
 */
export async function openSqlite(file: string, migrations: string): Promise<OpenedDatabase> {
  const adapter = new OneConnectionLibSql({ url: `file:${file}` });
  const applied = await applyMigrations(adapter, migrations);
  return connect(adapter, applied);
}

/** Opens a file to read it, while a console may be using it. */
export async function openSqliteToRead(file: string, migrations: string): Promise<OpenedDatabase> {
  const adapter = new ReadingLibSql({ url: `file:${file}` });
  await checkMigrations(adapter, migrations);
  return connect(adapter, []);
}

async function connect(
  adapter: OneConnectionLibSql,
  applied: readonly string[],
): Promise<OpenedDatabase> {
  const database = new PrismaClient({ adapter });
  try {
    await setUpConnection(database);
  } catch (error) {
    await database.$disconnect();
    throw error;
  }
  return { database, applied, close: () => database.$disconnect() };
}
