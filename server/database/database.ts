import { join } from 'node:path';
import type { DatabaseLocation } from './location';
import type { OpenedDatabase } from './opened-database';

export interface OpenDatabaseOptions {
  readonly location: DatabaseLocation;
  /** Absolute path of prisma/migrations. */
  readonly migrations: string;
}

export interface OpenToWriteOptions extends OpenDatabaseOptions {
  /** Another console has the database now, and this one has to end. PostgreSQL's only. */
  readonly onTaken?: () => void;
}

/**
 * Opens the database and brings its schema up to date.
 * @throws MigrationError when database and program do not fit together
 * @throws StartError when the database cannot be used
 */
export async function openDatabase(options: OpenToWriteOptions): Promise<OpenedDatabase> {
  const { location, onTaken = () => {} } = options;
  const migrations = join(options.migrations, location.kind);
  // Each loads a client of its own, and a console needs one.
  if (location.kind === 'postgresql') {
    const { openPostgresql } = await import('./postgresql');
    return openPostgresql(location.url, migrations, onTaken);
  }
  const { openSqlite } = await import('./sqlite');
  return openSqlite(location.file, migrations);
}

/**
 * Opens the database of a console to read it, whether that runs or not.
 * @throws MigrationError when it is not of this program's schema
 */
export async function openDatabaseToRead(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const { location } = options;
  const migrations = join(options.migrations, location.kind);
  if (location.kind === 'postgresql') {
    const { openPostgresqlToRead } = await import('./postgresql');
    return openPostgresqlToRead(location.url, migrations);
  }
  const { openSqliteToRead } = await import('./sqlite');
  return openSqliteToRead(location.file, migrations);
}
