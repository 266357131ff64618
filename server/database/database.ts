import { join } from 'node:path';
import type { DatabaseLocation } from './location';
import type { OpenedDatabase } from './opened-database';

export interface OpenDatabaseOptions {
  readonly location: DatabaseLocation;
  /** Absolute path of prisma/migrations. */
  readonly migrations: string;
}

/**
 * Opens the database and brings its schema up to date.
 * @throws MigrationError when database and program do not fit together
 * @throws StartError when the database cannot be used
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const { location } = options;
  const migrations = join(options.migrations, location.kind);
  // Each loads a client of its own, and a console needs one.
  if (location.kind === 'postgresql') {
    const { openPostgresql } = await import('./postgresql');
    return openPostgresql(location.url, migrations);
  }
  const { openSqlite } = await import('./sqlite');
  return openSqlite(location.file, migrations);
}
