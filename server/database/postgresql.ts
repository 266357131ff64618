import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../prisma/generated-postgresql/client';
import { MigrationError } from './migration-error';
import { applyMigrations, checkMigrations } from './migrations';
import type { Database, OpenedDatabase } from './opened-database';
import { PostgresqlLock, unreachable } from './postgresql-lock';

/** One process, many short statements: more connections would only wait for each other. */
const CONNECTIONS = 8;
const CONNECT_MS = 5000;

/**
 * Connects to a PostgreSQL database, locks it for this console and brings its schema up to date.
 * @param url holds a password; it is in no message
 * @param migrations absolute path of prisma/migrations/postgresql
 * @param onTaken another console took it while the connection was lost
 * @throws StartError when it cannot be reached, or another console has it
 */
export async function openPostgresql(
  url: string,
  migrations: string,
  onTaken: () => void,
): Promise<OpenedDatabase> {
  const lock = await PostgresqlLock.take({ url, connectMs: CONNECT_MS, onTaken });
  try {
    const adapter = adapterFor(url);
    const applied = await applyMigrations(adapter, migrations);
    const database = clientOf(adapter);
    return {
      database,
      applied,
      close: async () => {
        await database.$disconnect();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Opens a database to read it, while a console may be using it.
 * @throws StartError when it cannot be reached
 */
export async function openPostgresqlToRead(
  url: string,
  migrations: string,
): Promise<OpenedDatabase> {
  const adapter = adapterFor(url);
  await checkMigrations(adapter, migrations).catch((error: unknown) => {
    throw error instanceof MigrationError ? error : unreachable(error);
  });
  const database = clientOf(adapter);
  return { database, applied: [], close: () => database.$disconnect() };
}

function adapterFor(url: string): PrismaPg {
  return new PrismaPg({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
  });
}

/** Both clients are made from one schema: what one can do, the other can. */
function clientOf(adapter: PrismaPg): Database {
  return new PrismaClient({ adapter }) as unknown as Database;
}
