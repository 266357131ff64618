import { createHash } from 'node:crypto';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { MigrationError } from './migration-error';

/** A row of the table in which Prisma writes down what was applied. */
export interface AppliedMigration {
  readonly name: string;
  /** SHA-256 of migration.sql, hexadecimal. */
  readonly checksum: string;
  readonly isFinished: boolean;
}

/** Where each kind of database says which tables it has. */
const HISTORY_TABLE = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_prisma_migrations'",
  postgres:
    "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = '_prisma_migrations'",
} as const;

/**
 * What was applied to a database, oldest first. Read here and not by Prisma's engine, which would
 * look through the whole schema for it and cannot do that on PostgreSQL.
 */
export async function readHistory(
  factory: SqlMigrationAwareDriverAdapterFactory,
): Promise<AppliedMigration[]> {
  const adapter = await factory.connect();
  const query = (sql: string) => adapter.queryRaw({ sql, args: [], argTypes: [] });
  try {
    const kind = factory.provider === 'postgres' ? 'postgres' : 'sqlite';
    if ((await query(HISTORY_TABLE[kind])).rows.length === 0) return [];
    const { rows } = await query(
      'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at',
    );
    return rows.map(([name, checksum, finishedAt]) => ({
      name: String(name),
      checksum: String(checksum),
      isFinished: finishedAt !== null,
    }));
  } finally {
    await adapter.dispose();
  }
}

/**
 * @param files the text of each migration this program has, by name
 * @throws MigrationError when database and program do not fit together
 */
export function checkHistory(
  history: readonly AppliedMigration[],
  files: ReadonlyMap<string, string>,
): void {
  const failed = history.find(({ isFinished }) => !isFinished);
  if (failed !== undefined) {
    throw new MigrationError(
      `The migration ${failed.name} broke off halfway when it was applied.`,
      'Restore the database from a backup and start again.',
    );
  }
  const unknown = history.filter(({ name }) => !files.has(name)).map(({ name }) => name);
  if (unknown.length > 0) {
    throw new MigrationError(
      `The database was made by a newer virtdeck: it holds ${unknown.join(', ')}, which this one does not know.`,
      'Start the newer virtdeck, or use another database or data directory.',
    );
  }
  const edited = history.find(({ name, checksum }) => checksum !== sha256(files.get(name) ?? ''));
  if (edited !== undefined) {
    throw new MigrationError(
      `The migration ${edited.name} is not the one this database was made with.`,
      'Check out the release that made the database, or restore the migration file.',
    );
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
