import { PrismaClient } from '../../prisma/generated/client';
import { OneConnectionLibSql, setUpConnection } from './connection';
import { applyMigrations } from './migrations';

export type Database = PrismaClient;

export interface OpenDatabaseOptions {
  /** Absolute path of the SQLite file; made when it is not there. */
  readonly file: string;
  /** Absolute path of prisma/migrations. */
  readonly migrations: string;
}

/**
 * Opens the database and brings its schema up to date.
 * @returns the database, and the names of the migrations that were applied
 * @throws MigrationError when database and program do not fit together
 */
export async function openDatabase(
  options: OpenDatabaseOptions,
): Promise<{ database: Database; applied: string[] }> {
  const adapter = new OneConnectionLibSql({ url: `file:${options.file}` });
  const applied = await applyMigrations(adapter, options.migrations);
  const database = new PrismaClient({ adapter });
  try {
    await setUpConnection(database);
  } catch (error) {
    await database.$disconnect();
    throw error;
  }
  return { database, applied };
}
