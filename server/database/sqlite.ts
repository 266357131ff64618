import { PrismaClient } from '../../prisma/generated/client';
import { applyMigrations } from './migrations';
import type { OpenedDatabase } from './opened-database';
import { OneConnectionLibSql, setUpConnection } from './sqlite-connection';

/**
 * Opens a SQLite file and brings its schema up to date. The caller holds the lock of its directory.
 * @param migrations absolute path of prisma/migrations/sqlite
 */
export async function openSqlite(file: string, migrations: string): Promise<OpenedDatabase> {
  const adapter = new OneConnectionLibSql({ url: `file:${file}` });
  const applied = await applyMigrations(adapter, migrations);
  const database = new PrismaClient({ adapter });
  try {
    await setUpConnection(database);
  } catch (error) {
    await database.$disconnect();
    throw error;
  }
  return { database, applied, close: () => database.$disconnect() };
}
